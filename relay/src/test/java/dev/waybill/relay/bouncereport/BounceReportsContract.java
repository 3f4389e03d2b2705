package dev.waybill.relay.bouncereport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.idempotency.Receipt;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.PostOffice;
import dev.waybill.relay.queue.SubmittedBody;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.Facts;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.UnsharedJournal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// From the journal to letters, on each engine.
abstract class BounceReportsContract {
  private static final DomainName SHOP = DomainName.of("shop.example");
  private static final byte[] MESSAGE =
      "From: app@shop.example\r\nSubject: Hi\r\n\r\nHello\r\n".getBytes(StandardCharsets.US_ASCII);

  private final MovableClock clock = MovableClock.standing();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<UUID, MessageFacts> messages = new HashMap<>();
  private final List<Acceptance> letters = new ArrayList<>();
  private DomainStatus status = DomainStatus.VERIFIED;
  private boolean storageWorks = true;
  private Database database;
  private Journal journal;
  private BounceReports reports;

  abstract DatabaseSettings settings();

  @BeforeEach
  void start() {
    database = Database.open(settings());
    journal = UnsharedJournal.of(database);
    reports = node(true);
    // what happened before it was switched on
    bounced(submitted("owner@shop.example"), Map.of("reply", "550 5.1.1 before"));
    reports.turn();
  }

  @AfterEach
  void stop() {
    reports.stop();
    database.close();
  }

  private BounceReports node(boolean enabled) {
    return new BounceReports(
        new BounceReportSettings(enabled, DomainName.of("relay.example")),
        database,
        journal,
        new BounceReports.Messages(
            id -> Optional.ofNullable(messages.get(id)), _ -> Optional.of(MESSAGE)),
        new PostOffice(this::domain, (_, _, _) -> Map.of(), UUID::randomUUID, this::accept),
        new BounceReports.Surroundings(clock, meters));
  }

  private Optional<SendingDomain> domain(DomainName name) {
    return name.value().endsWith("shop.example")
        ? Optional.of(
            new SendingDomain(
                new UUID(1, 1), SHOP, status, "send", false, false, null, true, Instant.EPOCH))
        : Optional.empty();
  }

  private CompletableFuture<Receipt> accept(Acceptance acceptance) {
    if (!storageWorks) {
      return CompletableFuture.failedFuture(
          new StorageException("full", new IOException("no space")));
    }
    letters.add(acceptance);
    return CompletableFuture.completedFuture(new Receipt.Queued(acceptance.facts().id()));
  }

  /// Two turns, as far apart as nodes that share a journal leave them.
  private void report(BounceReports node) {
    for (int turn = 0; turn < 2; turn++) {
      clock.advance(Duration.ofSeconds(20));
      node.turn();
    }
  }

  private UUID submitted(String from, String... notify) {
    return submitted(from, notify.length > 0 ? Map.of("notify", notify[0]) : Map.of());
  }

  private UUID submitted(String from, Map<String, String> wishes) {
    UUID id = UUID.randomUUID();
    messages.put(
        id,
        new MessageFacts(
            id,
            clock.instant(),
            null,
            new UUID(1, 1),
            SHOP,
            "app@shop.example",
            "Hi",
            Stream.TRANSACTIONAL,
            null,
            Map.of(),
            null,
            null,
            "from app.example",
            MESSAGE.length,
            false,
            false,
            from.isEmpty() ? null : EmailAddress.of(from),
            TlsWish.NONE));
    Map<String, String> facts = new HashMap<>(Map.of("envelope_id", "order 17"));
    facts.putAll(wishes);
    tell(id, EventType.EMAIL_SENT, facts);
    return id;
  }

  private void bounced(UUID id, Map<String, String> facts) {
    tell(id, EventType.EMAIL_BOUNCED, facts);
  }

  private void tell(UUID id, EventType type, Map<String, String> facts) {
    Event event =
        new Event(
            type,
            clock.instant(),
            new DeliveryKey(id, 0),
            "bob@there.example",
            SHOP.value(),
            facts);
    database.durably(handle -> {
      journal.append(handle, List.of(event));
      return true;
    });
  }

  private static String text(Acceptance letter) {
    return new String(((SubmittedBody.InMemory) letter.body()).bytes(), StandardCharsets.US_ASCII);
  }

  private double count(String result) {
    return meters.get("waybill.bounce.reports").tag("result", result).counter().count();
  }

  @Test
  void aRefusalIsReportedOnceToTheEnvelopeSender() {
    UUID id = submitted("owner@news.shop.example");
    bounced(
        id,
        Map.of("reply", "550 5.1.1 no such user", "mx", "mx.there.example", "class", "unknown"));
    report(reports);
    report(node(true));

    assertThat(letters).hasSize(1);
    Acceptance letter = letters.getFirst();
    assertThat(letter.recipients().getFirst().address()).hasToString("owner@news.shop.example");
    assertThat(letter.facts().envelopeFrom()).isNull();
    assertThat(letter.facts().domain()).isEqualTo(SHOP);
    assertThat(letter.facts().trackOpens()).isFalse();
    assertThat(letter.facts().trackClicks()).isFalse();
    assertThat(PostOffice.Kind.BOUNCE_REPORT.is(letter.facts())).isTrue();
    assertThat(text(letter))
        .contains(
            "From: Mail Delivery System <MAILER-DAEMON@shop.example>\r\n",
            "\r\nAuto-Submitted: auto-replied\r\n",
            "\r\nOriginal-Envelope-Id: order 17\r\n",
            "\r\nStatus: 5.1.1\r\n",
            "\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n");
    assertThat(count("sent")).isEqualTo(1);
  }

  @Test
  void whatHadToTravelSafelyIsReportedSafelyAndWithoutItsBody() {
    UUID id = submitted("owner@shop.example", Map.of("return", "FULL"));
    messages.compute(id, (_, facts) -> Facts.with(facts, TlsWish.REQUIRED));
    bounced(
        id,
        Map.of(
            "reply", "mx.there.example: TLS is required and the host does not offer it",
            "reason", "expired",
            "tls_policy", "requiretls",
            "tls_reason", "mx.there.example: the host does not offer it"));
    UUID other = submitted("owner@shop.example");
    messages.compute(other, (_, facts) -> Facts.with(facts, TlsWish.WAIVED));
    bounced(other, Map.of("reply", "550 5.1.1 no"));
    report(reports);

    assertThat(letters)
        .extracting(letter -> letter.facts().tlsWish())
        .containsExactly(TlsWish.REQUIRED, TlsWish.NONE);
    assertThat(text(letters.getFirst()))
        .contains("\r\nStatus: 5.7.10\r\n", "\r\nContent-Type: text/rfc822-headers\r\n")
        .doesNotContain("\r\nHello\r\n");
  }

  @Test
  void aRepetitionHasTheSameKey() {
    bounced(submitted("owner@shop.example"), Map.of("reply", "550 5.1.1 no"));
    report(reports);
    // as if the node had ended before it wrote down how far it came
    database.durably(handle -> handle.execute("update bounce_report_turn set done = done - 1"));
    tell(submitted("owner@shop.example"), EventType.EMAIL_DELIVERED, Map.of());
    report(reports);

    assertThat(letters).hasSize(2);
    assertThat(letters.get(0).idempotencyKey())
        .isNotNull()
        .isEqualTo(letters.get(1).idempotencyKey());
  }

  @Test
  void expiredMailSaysSoAndGivesTheLastReply() {
    bounced(
        submitted("owner@shop.example"),
        Map.of("reply", "451 4.7.1 later", "mx", "mx.there.example", "reason", "expired"));
    report(reports);

    assertThat(text(letters.getFirst()))
        .contains(
            "could not be delivered in time, and is not tried again, to\r\n",
            "\r\nStatus: 4.4.7\r\n",
            "smtp; 451 4.7.1 later");
  }

  @Test
  void aLateReportIsPassedOn() {
    bounced(
        submitted("owner@shop.example"),
        Map.of(
            "late", "true",
            "status", "5.2.2",
            "diagnostic", "mailbox full",
            "reporter", "inner.there.example"));
    report(reports);

    assertThat(text(letters.getFirst()))
        .contains(
            "reported later that it did not reach\r\n",
            "\r\nStatus: 5.2.2\r\n",
            "\r\nRemote-MTA: dns; inner.there.example\r\n")
        .doesNotContain("Last-Attempt-Date");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NEVER", "SUCCESS", "SUCCESS,DELAY"})
  void whoAsksForNoneGetsNone(String notify) {
    bounced(submitted("owner@shop.example", notify), Map.of("reply", "550 no"));
    bounced(submitted("other@shop.example", "DELAY,FAILURE"), Map.of("reply", "550 no"));
    report(reports);

    assertThat(letters)
        .singleElement()
        .satisfies(letter -> assertThat(text(letter)).contains("To: other@shop.example\r\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "somebody@far.example", "bounces+1@send.shop.example"})
  void nobodyElseGetsAny(String from) {
    bounced(submitted(from), Map.of("reply", "550 no"));
    report(reports);
    assertThat(letters).isEmpty();
  }

  @Test
  void aDomainThatMayNotSendGetsNone() {
    status = DomainStatus.PENDING;
    bounced(submitted("owner@shop.example"), Map.of("reply", "550 no"));
    report(reports);
    assertThat(letters).isEmpty();
  }

  @Test
  void aReportThatBouncesIsNotReported() {
    bounced(submitted("owner@shop.example"), Map.of("reply", "550 no"));
    report(reports);
    MessageFacts facts = letters.getFirst().facts();
    messages.put(facts.id(), facts);
    tell(facts.id(), EventType.EMAIL_SENT, Map.of());
    bounced(facts.id(), Map.of("reply", "550 no"));
    report(reports);
    assertThat(letters).hasSize(1);
  }

  @Test
  void whatTheStorageDoesNotTakeComesAgain() {
    storageWorks = false;
    bounced(submitted("first@shop.example"), Map.of("reply", "550 no"));
    bounced(submitted("second@shop.example"), Map.of("reply", "550 no"));
    report(reports);
    assertThat(letters).isEmpty();
    storageWorks = true;
    report(reports);
    assertThat(letters)
        .extracting(letter -> letter.recipients().getFirst().address().localPart())
        .containsExactly("first", "second");
    assertThat(count("failed")).isZero();
  }

  @Test
  void oneThatCannotBeMadeKeepsNoOtherBack() {
    UUID broken = submitted("first@shop.example");
    messages.remove(broken);
    bounced(broken, Map.of("reply", "550 no"));
    storageWorks = false;
    bounced(submitted("second@shop.example"), Map.of("reply", "550 no"));
    for (int turn = 0; turn < 12; turn++) {
      report(reports);
    }
    storageWorks = true;
    bounced(submitted("third@shop.example"), Map.of("reply", "550 no"));
    report(reports);
    assertThat(letters)
        .extracting(letter -> letter.recipients().getFirst().address().localPart())
        .containsExactly("third");
    assertThat(count("failed")).isEqualTo(1);
  }

  @Test
  void aDomainsMailCausesAThousandInAnHour() {
    HourlyBound bound = new HourlyBound(2);
    UUID domain = new UUID(1, 1);
    Instant now = clock.instant();
    assertThat(bound.permits(domain, now)).isTrue();
    assertThat(bound.permits(domain, now)).isTrue();
    assertThat(bound.permits(domain, now)).isFalse();
    assertThat(bound.permits(new UUID(2, 2), now)).isTrue();
    assertThat(bound.permits(domain, now.plus(Duration.ofHours(1)))).isTrue();
  }

  @Test
  void whatHappensWhileItIsOffIsNeverReported() {
    node(false).start();
    bounced(submitted("owner@shop.example"), Map.of("reply", "550 no"));
    report(reports);
    assertThat(letters).isEmpty();
  }
}
