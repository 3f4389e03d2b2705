package dev.waybill.relay.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.testing.TinyDnsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/// A resolver and two name servers of one zone, each a real server: what they say together.
class AuthoritativeRecordsTest {
  private static final DomainName DOMAIN = DomainName.of("example.com");
  private static final DomainName NAME = DomainName.of("t.example.com");
  private static final String OLD = "t.example.com. 60 IN TXT old";
  private static final String NEW = "t.example.com. 60 IN TXT new";
  private static final Lookup<String> FOUND_NEW = new Lookup.Found<>(List.of("new"));
  private static final Lookup<String> FOUND_OLD = new Lookup.Found<>(List.of("old"));

  private final Map<InetAddress, InetSocketAddress> sockets = new ConcurrentHashMap<>();
  private TinyDnsServer resolver;
  private TinyDnsServer first;
  private TinyDnsServer second;
  private AuthoritativeRecords records;

  @BeforeEach
  void start() throws IOException {
    resolver =
        new TinyDnsServer()
            .zone(
                "example.com. 60 IN NS ns1.example.com.",
                "example.com. 60 IN NS ns2.example.com.",
                "ns1.example.com. 60 IN A 192.0.2.51",
                "ns2.example.com. 60 IN A 192.0.2.52");
    first = new TinyDnsServer();
    second = new TinyDnsServer();
    sockets.put(InetAddress.ofLiteral("192.0.2.51"), first.address());
    sockets.put(InetAddress.ofLiteral("192.0.2.52"), second.address());
    records = records(Duration.ofSeconds(5));
  }

  @AfterEach
  void stop() throws IOException {
    resolver.close();
    first.close();
    second.close();
  }

  private AuthoritativeRecords records(Duration timeout) {
    return new AuthoritativeRecords(
        new Resolver(List.of(resolver.address()), timeout).uncached(),
        address -> !address.isLoopbackAddress(),
        address -> sockets.getOrDefault(address, first.address()));
  }

  private PublishedRecords look() {
    return records.look(DOMAIN);
  }

  @Test
  void believesTheZonesServersAndTellsWhatTheResolverStillHas() {
    resolver.zone(OLD);
    first.zone(NEW);
    second.zone(NEW);
    PublishedRecords look = look();
    assertThat(look.texts(NAME)).isEqualTo(FOUND_NEW);
    assertThat(look.remarks())
        .singleElement()
        .asString()
        .contains("the resolver still has an older answer for t.example.com (old)");
    assertThat(first.questions()).contains("t.example.com. TXT direct");
  }

  @Test
  void believesTheZonesServersWhenTheySayNo() {
    resolver.zone(OLD);
    assertThat(look().texts(NAME)).isEqualTo(new Lookup.NoSuchName<String>());
    first.zone("t.example.com. 60 IN A 192.0.2.1");
    second.zone("t.example.com. 60 IN A 192.0.2.1");
    assertThat(look().texts(NAME)).isEqualTo(new Lookup.NoRecord<String>());
  }

  @Test
  void remarksOnARecordThatTheResolverDoesNotHaveYet() {
    first.zone(NEW);
    second.zone(NEW);
    PublishedRecords look = look();
    assertThat(look.texts(NAME)).isEqualTo(FOUND_NEW);
    assertThat(look.remarks().getFirst()).contains("that there was no TXT record");
  }

  @Test
  void provesNothingWhenTheServersContradictEachOther() {
    first.zone(NEW);
    assertThat(look().texts(NAME))
        .isInstanceOfSatisfying(
            Lookup.Unproven.class,
            unproven ->
                assertThat(unproven.reason())
                    .contains("ns2.example.com does not have it yet, ns1.example.com has"));
    second.zone(OLD);
    assertThat(look().texts(NAME))
        .isInstanceOfSatisfying(
            Lookup.Unproven.class,
            unproven -> assertThat(unproven.reason()).contains("give different answers"));
  }

  @Test
  void asksTheResolverWhenNoServerCanBeAsked() throws IOException {
    resolver.zone(OLD);
    first.close();
    second.close();
    assertTimeout(Duration.ofSeconds(8), () -> assertThat(look().texts(NAME)).isEqualTo(FOUND_OLD));
    assertTimeout(Duration.ofSeconds(1), () -> assertThat(look().texts(NAME)).isEqualTo(FOUND_OLD));
  }

  @Test
  void leavesSilentServersAlone() {
    resolver.zone(OLD);
    first.silent("t.example.com");
    second.silent("t.example.com");
    assertThat(look().texts(NAME)).isEqualTo(FOUND_OLD);
    int asked = first.questions().size();
    assertThat(look().texts(DomainName.of("u.example.com")))
        .isEqualTo(new Lookup.NoSuchName<String>());
    assertThat(first.questions()).hasSize(asked);
  }

  @Test
  void oneServerIsEnough() {
    first.failing("t.example.com", Rcode.REFUSED);
    second.zone(NEW);
    assertThat(look().texts(NAME)).isEqualTo(FOUND_NEW);
  }

  @Test
  void takesOnlyAuthoritativeAnswers() {
    resolver.zone(OLD);
    first.referring("t.example.com");
    second.referring("t.example.com");
    assertThat(look().texts(NAME)).isEqualTo(FOUND_OLD);
  }

  @Test
  void neverAsksAnAddressThatIsNotPermitted() {
    resolver
        .forget("ns1.example.com")
        .forget("ns2.example.com")
        .zone("ns1.example.com. 60 IN A 127.0.0.1", "ns2.example.com. 60 IN A 127.0.0.2", OLD);
    first.zone(NEW);
    assertThat(look().texts(NAME)).isEqualTo(FOUND_OLD);
    assertThat(first.questions()).isEmpty();
  }

  @Test
  void namesABogusAnswer() {
    resolver.zone(NEW).bogus("t.example.com");
    first.zone(NEW);
    second.zone(NEW);
    assertThat(look().texts(NAME))
        .isInstanceOfSatisfying(
            Lookup.Unproven.class,
            unproven ->
                assertThat(unproven.reason()).contains("bogus: its DNSSEC signature is not valid"));
    resolver.bogus("u.example.com");
    assertThat(look().texts(DomainName.of("u.example.com"))).isInstanceOf(Lookup.Unproven.class);
  }

  @Test
  void aFailureThatStaysWithoutSignaturesIsNotBogus() {
    resolver.failing("t.example.com", Rcode.SERVFAIL);
    first.zone(NEW);
    second.zone(NEW);
    assertThat(look().texts(NAME)).isEqualTo(FOUND_NEW);
    resolver.failing("example.com", Rcode.SERVFAIL);
    resolver.failing("u.example.com", Rcode.SERVFAIL);
    assertThat(records(Duration.ofSeconds(5)).look(DOMAIN).texts(DomainName.of("u.example.com")))
        .isInstanceOf(Lookup.NoAnswer.class);
  }

  @Test
  void followsAliasesIntoOtherZones() throws IOException {
    String alias = "t.example.com. 60 IN CNAME t.other.example.";
    first.zone(alias);
    second.zone(alias);
    try (TinyDnsServer other = new TinyDnsServer().zone("t.other.example. 60 IN TXT theirs")) {
      resolver.zone(
          "other.example. 60 IN NS ns.other.example.", "ns.other.example. 60 IN A 192.0.2.60");
      sockets.put(InetAddress.ofLiteral("192.0.2.60"), other.address());
      assertThat(look().texts(NAME)).isEqualTo(new Lookup.Found<>(List.of("theirs")));
      assertThat(other.questions()).containsExactly("t.other.example. TXT direct");
    }
    assertThat(look().alias(NAME))
        .isEqualTo(new Lookup.Found<>(List.of(DomainName.of("t.other.example"))));
  }

  @Test
  void asksForOthersNamesAtTheResolverOnly() {
    resolver.zone(
        "elsewhere.example. 60 IN NS ns1.example.com.", "a.elsewhere.example. 60 IN TXT theirs");
    assertThat(look().texts(DomainName.of("a.elsewhere.example")))
        .isEqualTo(new Lookup.Found<>(List.of("theirs")));
    assertThat(first.questions()).isEmpty();
  }

  @Test
  void fetchesLongAnswersOverTcp() {
    IntStream.range(0, 30)
        .mapToObj(i -> "t.example.com. 60 IN TXT \"%s-%d\"".formatted("x".repeat(100), i))
        .forEach(line -> {
          first.zone(line);
          second.zone(line);
        });
    assertThat(look().texts(NAME))
        .isInstanceOfSatisfying(
            Lookup.Found.class, found -> assertThat(found.records()).hasSize(30));
    assertThat(first.questions()).contains("t.example.com. TXT tcp direct");
  }

  @Test
  void asksOncePerLookAndFindsTheZoneOncePerRound() {
    first.zone(NEW);
    second.zone(NEW);
    PublishedRecords look = look();
    for (int i = 0; i < 3; i++) {
      assertThat(look.texts(NAME)).isEqualTo(FOUND_NEW);
    }
    assertThat(look().texts(NAME)).isEqualTo(FOUND_NEW);
    assertThat(first.questions()).filteredOn("t.example.com. TXT direct"::equals).hasSize(2);
    assertThat(resolver.questions()).filteredOn("example.com. NS"::equals).hasSize(1);
  }

  @Test
  void givesUpOnPort53WhenNobodyAnswersThere() throws IOException {
    first.close();
    second.close();
    for (int i = 0; i < 20; i++) {
      resolver.zone(
          "d%d.example. 60 IN NS ns.d%d.example.".formatted(i, i),
          "ns.d%d.example. 60 IN A 192.0.2.%d".formatted(i, 100 + i));
      records.look(DomainName.of("d" + i + ".example")).texts(DomainName.of("d" + i + ".example"));
    }
    DomainName fresh = DomainName.of("fresh.example");
    assertThat(records.look(fresh).texts(fresh)).isEqualTo(new Lookup.NoSuchName<String>());
    assertThat(resolver.questions())
        .filteredOn(question -> question.contains("fresh.example."))
        .containsExactly("fresh.example. TXT");
  }
}
