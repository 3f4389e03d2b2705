package dev.waybill.relay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.Recipient;
import dev.waybill.relay.queue.SubmittedBody;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final UUID ID = UUID.fromString("0193a000-0000-7000-8000-000000000001");
  private static final Stream NEWS = new Stream("weekly-news", Stream.Kind.MARKETING);
  private static final EmailAddress BOB = EmailAddress.of("bob@far.test");
  private static final EmailAddress GONE = EmailAddress.of("gone@far.test");

  private final SendingDomain verified = domain("example.org", DomainStatus.VERIFIED);
  private final SendingDomain pending = domain("new.test", DomainStatus.PENDING);
  private final SendingDomain disabled = domain("off.test", DomainStatus.DISABLED);
  private final SendingDomain strict =
      new SendingDomain(
          UUID.randomUUID(),
          DomainName.of("strict.test"),
          DomainStatus.VERIFIED,
          "send",
          false,
          false,
          null,
          true,
          NOW);
  private final SendingDomain wobbly = domain("wobbly.test", DomainStatus.TEMPORARY_FAILURE);
  private final Admission admission =
      new Admission(
          DomainName.of("relay.test"),
          Admission.HeaderLimits.defaults(),
          Streams.of(List.of(new Streams.Configured(NEWS, "Weekly news"))),
          name ->
              List.of(verified, pending, disabled, strict, wobbly).stream()
                  .filter(domain -> name.isWithin(domain.name()))
                  .findFirst(),
          (_, stream, _) ->
              stream.equals(Stream.MARKETING) ? Map.of(GONE, "unsubscribe") : Map.of());

  @ParameterizedTest
  @CsvSource({
    "example.org",
    "mail.example.org",
    "a.b.example.org",
    "wobbly.test",
  })
  void admitsVerifiedDomainsAndWhatIsBelowThem(String from) {
    assertThat(facts("From: a@" + from + "\r\n\r\n").headerFrom()).isEqualTo("a@" + from);
  }

  @ParameterizedTest
  @CsvSource({
    "other.test, other.test",
    "new.test, new.test",
    "mail.new.test, new.test",
    "notexample.org, notexample.org",
    "example.org.evil.test, example.org.evil.test",
  })
  void refusesDomainsThatAreNotVerified(String from, String records) {
    Verdict.Refused refused = refused("From: a@" + from + "\r\n\r\n");
    assertThat(line(refused))
        .isEqualTo(
            "550 5.7.1 The From domain %s is not verified; run: waybillctl domains records %s"
                .formatted(from, records));
    assertThat(refused.cause()).isEqualTo(Verdict.Cause.SENDER);
  }

  @Test
  void saysHowToEnableADisabledDomain() {
    assertThat(line(refused("From: a@mail.off.test\r\n\r\n")))
        .isEqualTo(
            "550 5.7.1 The From domain mail.off.test is disabled;"
                + " run: waybillctl domains enable off.test");
  }

  @Test
  void refusesAKeyOfAnotherDomain() {
    ApiKey foreign = key(UUID.randomUUID());
    assertThat(line((Verdict.Refused) judge("From: a@example.org\r\n\r\n", foreign)))
        .isEqualTo("550 5.7.1 The API key \"shop\" may not send for the From domain example.org");
    assertThat(judge("From: a@example.org\r\n\r\n", key(verified.id())))
        .isInstanceOf(Verdict.Admitted.class);
    assertThat(judge("From: a@example.org\r\n\r\n", key(null)))
        .isInstanceOf(Verdict.Admitted.class);
  }

  @Test
  void saysWhatIsWrongWithTheFromField() {
    assertThat(line(refused("Subject: x\r\n\r\nFrom: a@example.org\r\n")))
        .isEqualTo("550 5.6.0 There is no From field");
    assertThat(line(refused("From: a@example.org\r\nFROM: b@example.org\r\n\r\n")))
        .isEqualTo("550 5.6.0 There are 2 From fields (expected: one)");
    assertThat(line(refused("From: a@example.org, b@example.org\r\n\r\n")))
        .isEqualTo(
            "550 5.6.0 The From field has 2 addresses (expected: one, or a Sender field with one)");
    assertThat(line(refused("From: evil@x.test <a@example.org>\r\n\r\n")))
        .startsWith("550 5.6.0 The From field cannot be read: ");
    assertThat(line(refused("\r\nFrom: a@example.org\r\n")))
        .isEqualTo("550 5.6.0 There is no From field");
  }

  @Test
  void admitsSeveralAuthorsOfOneDomainWithASender() {
    String from = "From: a@example.org, b@mail.example.org\r\n";
    assertThat(facts(from + "Sender: c@example.org\r\n\r\n").headerFrom())
        .isEqualTo("a@example.org");
    assertThat(line(refused(from + "Sender: c@other.test\r\n\r\n"))).startsWith("550 5.7.1");
    assertThat(line(refused("From: a@example.org, b@other.test\r\nSender: c@example.org\r\n\r\n")))
        .startsWith("550 5.7.1");
    assertThat(line(refused("From: a@example.org, b@wobbly.test\r\nSender: c@example.org\r\n\r\n")))
        .startsWith("550 5.6.0 The From field has addresses of example.org and of wobbly.test");
  }

  @Test
  void refusesHeadersThatCannotBeRelyedOn() {
    assertThat(line(refused("From: a@example.org\r\nno field\r\n\r\n")))
        .isEqualTo(
            "550 5.6.0 A line of the header is neither a field nor a continuation: \"no field\"");
    assertThat(line(refused("From: a@example.org\r\n" + "X: y\r\n".repeat(1_000) + "\r\n")))
        .isEqualTo("550 5.6.0 The header has 1001 fields (expected: at most 1000)");
    assertThat(line(refused("From: a@example.org\r\nX: " + "y".repeat(262_144) + "\r\n\r\n")))
        .isEqualTo("550 5.6.0 The header is too long (expected: at most 262144 octets)");
    assertThat(line(refused("From: a@example.org\r\n" + "Received: x\r\n".repeat(51) + "\r\n")))
        .startsWith("554 5.4.6 Mail loop");
  }

  @Test
  void measuresTheHeaderAndNotTheMessage() {
    String body = "x".repeat(300_000);
    assertThat(facts("From: a@example.org\r\n\r\n" + body).size()).isEqualTo(300_023);
  }

  @Test
  void writesTheFactsDown() {
    MessageFacts facts =
        facts("From: a@mail.example.org\r\nSubject: =?utf-8?q?x?=\r\n y\r\n\r\nhello");
    assertThat(facts.id()).isEqualTo(ID);
    assertThat(facts.acceptedAt()).isEqualTo(NOW);
    assertThat(facts.domainId()).isEqualTo(verified.id());
    assertThat(facts.domain()).isEqualTo(verified.name());
    assertThat(facts.subject()).isEqualTo("=?utf-8?q?x?= y");
    assertThat(facts.stream()).isEqualTo(Stream.TRANSACTIONAL);
    assertThat(facts.received())
        .isEqualTo("from app.test ([203.0.113.9]) by relay.test with ESMTPSA id " + ID);
    assertThat(facts("From: a@example.org\r\nSubject: " + "é".repeat(3_000) + "\r\n\r\n").subject())
        .hasSize(2_000);
  }

  @Test
  void marksSuppressedRecipientsOfTheStream() {
    Verdict.Admitted marketing =
        (Verdict.Admitted)
            judge("From: a@example.org\r\nX-Waybill-Stream: marketing\r\n\r\n", key(null));
    assertThat(marketing.acceptance().recipients())
        .containsExactly(recipient(BOB, null), recipient(GONE, "unsubscribe"));
    Verdict.Admitted transactional =
        (Verdict.Admitted) judge("From: a@example.org\r\n\r\n", key(null));
    assertThat(transactional.acceptance().recipients())
        .containsExactly(recipient(BOB, null), recipient(GONE, null));
  }

  @ParameterizedTest
  @CsvSource({
    "app.test,           203.0.113.9, from app.test ([203.0.113.9])",
    "app.test,           2001:db8::9, from app.test ([IPv6:2001:db8:0:0:0:0:0:9])",
    "app.test,           10.0.0.5,    from app.test ([private])",
    "app.test,           127.0.0.1,   from app.test ([private])",
    "app.test,           fd00::5,     from app.test ([private])",
    "[10.0.0.5],         203.0.113.9, from unknown ([203.0.113.9])",
    "[203.0.113.9],      203.0.113.9, from [203.0.113.9] ([203.0.113.9])",
    "[IPv6:fe80::1],     203.0.113.9, from unknown ([203.0.113.9])",
    "10.0.0.5,           203.0.113.9, from unknown ([203.0.113.9])",
    "ip-10-0-0-5.internal, 10.0.0.5,  from unknown ([private])",
    "'x) (y',            203.0.113.9, from unknown ([203.0.113.9])",
  })
  void neverShowsAPrivateAddress(String helo, String address, String expected) {
    ClientFacts client = new ClientFacts(helo, InetAddress.ofLiteral(address), true, true, true);
    assertThat(client.received(DomainName.of("relay.test"), false, ID))
        .isEqualTo(expected + " by relay.test with ESMTPSA id " + ID);
  }

  private Acceptance admitted(ApiKey key, String fields) {
    Verdict verdict = judge("From: a@example.org\r\n" + fields + "\r\n", key);
    return ((Verdict.Admitted) verdict).acceptance();
  }

  private MessageFacts facts(String message) {
    return ((Verdict.Admitted) judge(message, key(null))).acceptance().facts();
  }

  private Verdict.Refused refused(String message) {
    return (Verdict.Refused) judge(message, key(null));
  }

  private Verdict judge(String message, @Nullable ApiKey key) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    return admission.judge(
        new Submission(
            ID,
            NOW,
            Arrays.copyOf(bytes, Math.min(bytes.length, 256 * 1024 + 1)),
            new SubmittedBody.InMemory(bytes),
            EmailAddress.of("app@example.com"),
            List.of(BOB, GONE),
            Map.of(),
            key,
            new ClientFacts("app.test", InetAddress.ofLiteral("203.0.113.9"), true, true, true),
            new Submission.Form(false, false)));
  }

  @Test
  void letsADomainWhoseMailOnlyGoesUnderTlsHaveTheSay() {
    String waived = "TLS-Required: No\r\n\r\n";
    assertThat(facts("From: a@example.org\r\n" + waived).tlsWish()).isEqualTo(TlsWish.WAIVED);
    assertThat(facts("From: a@strict.test\r\n" + waived).tlsWish()).isEqualTo(TlsWish.NONE);
  }

  private static String line(Verdict.Refused refused) {
    return refused.code() + " " + refused.enhanced() + " " + refused.text();
  }

  @Test
  void takesTheStreamOfTheKeyUnlessTheMessageNamesOne() {
    ApiKey key = sending(new ApiKey.Sending(Set.of(), "marketing", 0, 0));
    assertThat(admitted(key, "").facts().stream()).isEqualTo(Stream.MARKETING);
    assertThat(admitted(key, "X-Waybill-Stream: transactional\r\n").facts().stream())
        .isEqualTo(Stream.TRANSACTIONAL);
  }

  @Test
  void takesAStreamOfTheConfiguration() {
    ApiKey key = sending(new ApiKey.Sending(Set.of(), "weekly-news", 0, 0));
    assertThat(admitted(key, "").facts().stream()).isEqualTo(NEWS);
    assertThat(admitted(key(null), "X-Waybill-Stream: Weekly-News\r\n").facts().stream())
        .isEqualTo(NEWS);
    assertThat(line(refused("From: a@example.org\r\nX-Waybill-Stream: offers\r\n\r\n")))
        .isEqualTo(
            "550 5.6.0 X-Waybill-Stream: \"offers\" (expected: transactional, marketing or weekly-news)");
  }

  @Test
  void asksToComeBackWhereTheStreamOfAKeyIsConfiguredNoMore() {
    ApiKey key = sending(new ApiKey.Sending(Set.of(), "offers", 0, 0));
    Verdict verdict = judge("From: a@example.org\r\n\r\n", key);
    assertThat(line((Verdict.Refused) verdict))
        .isEqualTo(
            "451 4.3.5 The stream \"offers\" of the API key \"shop\" is not configured any more");
    assertThat(admitted(key, "X-Waybill-Stream: marketing\r\n").facts().stream())
        .isEqualTo(Stream.MARKETING);
  }

  @Test
  void chargesAKeyThatHasALimitForTheDay() {
    ApiKey limited = sending(new ApiKey.Sending(Set.of(), null, 0, 100));
    assertThat(admitted(limited, "").chargedKey()).isEqualTo(limited.id());
    assertThat(admitted(sending(ApiKey.Sending.ANYTHING), "").chargedKey()).isNull();
  }

  @Test
  void aKeyMaySendForEachOfItsDomains() {
    ApiKey key = sending(new ApiKey.Sending(Set.of(UUID.randomUUID(), verified.id()), null, 0, 0));
    assertThat(admitted(key, "").facts().domainId()).isEqualTo(verified.id());
  }

  private static Recipient recipient(EmailAddress address, @Nullable String suppressedFor) {
    return new Recipient(address, suppressedFor, DsnParameters.NONE);
  }

  private static ApiKey key(@Nullable UUID domainId) {
    return sending(domainId == null ? ApiKey.Sending.ANYTHING : ApiKey.Sending.forDomain(domainId));
  }

  private static ApiKey sending(ApiKey.Sending sending) {
    return new ApiKey(UUID.randomUUID(), "shop", ApiKey.Permission.SENDING_ACCESS, sending, NOW);
  }

  private static SendingDomain domain(String name, DomainStatus status) {
    return new SendingDomain(
        UUID.randomUUID(), DomainName.of(name), status, "send", false, false, null, false, NOW);
  }
}
