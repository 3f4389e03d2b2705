package dev.waybill.relay.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.testing.TinyDnsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/// Against a real server over UDP and TCP: what it says, what it denies, and what it leaves unsaid.
class ResolverTest {
  private TinyDnsServer server;
  private Resolver resolver;

  @BeforeEach
  void start() throws IOException {
    server = new TinyDnsServer();
    resolver = resolver(Duration.ofSeconds(5));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Resolver resolver(Duration timeout) {
    return new Resolver(List.of(server.address()), timeout);
  }

  private static DomainName name(String text) {
    return DomainName.of(text);
  }

  @Test
  void findsMxInLowerCaseAndTheNullMx() {
    server.zone(
        "a.example. 60 IN MX 20 MX2.A.example.",
        "a.example. 60 IN MX 10 mx1.a.example.",
        "none.example. 60 IN MX 0 .");
    assertThat(resolver.mx(name("a.example")))
        .isIn(
            new Lookup.Found<>(List.of(new Mx(20, "mx2.a.example"), new Mx(10, "mx1.a.example"))),
            new Lookup.Found<>(List.of(new Mx(10, "mx1.a.example"), new Mx(20, "mx2.a.example"))));
    assertThat(resolver.mx(name("none.example")))
        .isEqualTo(new Lookup.Found<>(List.of(new Mx(0, ""))));
  }

  @Test
  void findsTheNamesOfAnAddress() {
    server.zone(
        "7.2.0.192.in-addr.arpa. 60 IN PTR Relay.A.example.",
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 60 IN PTR six.a.example.");
    assertThat(resolver.names(InetAddress.ofLiteral("192.0.2.7")))
        .isEqualTo(new Lookup.Found<>(List.of(name("relay.a.example"))));
    assertThat(resolver.names(InetAddress.ofLiteral("2001:db8::1")))
        .isEqualTo(new Lookup.Found<>(List.of(name("six.a.example"))));
    assertThat(resolver.names(InetAddress.ofLiteral("192.0.2.8")))
        .isEqualTo(new Lookup.NoSuchName<DomainName>());
  }

  @Test
  void tellsNoRecordFromNoSuchNameFromNoAnswer() {
    server
        .zone("here.example. 60 IN A 192.0.2.1")
        .failing("broken.example", Rcode.SERVFAIL)
        .failing("closed.example", Rcode.REFUSED)
        .referring("lame.example");
    assertThat(resolver.mx(name("here.example"))).isEqualTo(new Lookup.NoRecord<Mx>());
    assertThat(resolver.mx(name("gone.example"))).isEqualTo(new Lookup.NoSuchName<Mx>());
    assertThat(resolver.mx(name("broken.example"))).isInstanceOf(Lookup.NoAnswer.class);
    assertThat(resolver.mx(name("closed.example"))).isInstanceOf(Lookup.NoAnswer.class);
    assertThat(resolver.mx(name("lame.example"))).isInstanceOf(Lookup.NoAnswer.class);
  }

  @Test
  void givesUpOnASilentServerWithinItsTime() {
    server.silent("silent.example");
    Resolver impatient = resolver(Duration.ofMillis(400));
    assertTimeout(
        Duration.ofSeconds(4),
        () -> assertThat(impatient.mx(name("silent.example"))).isInstanceOf(Lookup.NoAnswer.class));
  }

  @Test
  void asksTheNextServerWhenOneDoesNotKnow() throws IOException {
    server.failing("a.example", Rcode.SERVFAIL);
    try (TinyDnsServer second = new TinyDnsServer().zone("a.example. 60 IN A 192.0.2.1")) {
      Resolver both =
          new Resolver(List.of(server.address(), second.address()), Duration.ofSeconds(5));
      assertThat(both.addresses(name("a.example"))).isInstanceOf(Lookup.Found.class);
    }
  }

  @Test
  void putsBothFamiliesTogetherAndNeedsBothForANo() throws IOException {
    server.zone("dual.example. 60 IN A 192.0.2.1", "dual.example. 60 IN AAAA 2001:db8::1");
    assertThat(resolver.addresses(name("dual.example")))
        .isEqualTo(
            new Lookup.Found<>(
                List.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("2001:db8::1"))));
    server.zone("text.example. 60 IN TXT \"no address\"");
    assertThat(resolver.addresses(name("text.example")))
        .isEqualTo(new Lookup.NoRecord<InetAddress>());
    assertThat(resolver.addresses(name("gone.example")))
        .isEqualTo(new Lookup.NoSuchName<InetAddress>());
  }

  @Test
  void followsAliasesToRecordsToNothingAndIntoLoops() {
    server.zone(
        "one.example. 60 IN CNAME two.example.",
        "two.example. 60 IN CNAME three.example.",
        "three.example. 60 IN MX 5 mx.example.",
        "dangling.example. 60 IN CNAME gone.example.",
        "loop.example. 60 IN CNAME pool.example.",
        "pool.example. 60 IN CNAME loop.example.");
    assertThat(resolver.mx(name("one.example")))
        .isEqualTo(new Lookup.Found<>(List.of(new Mx(5, "mx.example"))));
    assertThat(resolver.mx(name("dangling.example"))).isEqualTo(new Lookup.NoSuchName<Mx>());
    assertThat(resolver.mx(name("loop.example"))).isInstanceOf(Lookup.NoAnswer.class);
    assertThat(resolver.alias(name("one.example")))
        .isEqualTo(new Lookup.Found<>(List.of(name("two.example"))));
    assertThat(resolver.alias(name("three.example"))).isEqualTo(new Lookup.NoRecord<DomainName>());
  }

  @Test
  void takesALoopOfAliasesForNoAnswerWhenOneReplyHoldsItWhole() {
    server
        .chaining()
        .zone(
            "loop.example. 60 IN CNAME pool.example.",
            "pool.example. 60 IN CNAME loop.example.",
            "self.example. 60 IN CNAME self.example.");
    assertThat(resolver.mx(name("loop.example"))).isInstanceOf(Lookup.NoAnswer.class);
    assertThat(resolver.mx(name("self.example"))).isInstanceOf(Lookup.NoAnswer.class);
    assertThat(MailHosts.of(name("loop.example"), resolver)).isInstanceOf(MailHosts.NoAnswer.class);
  }

  @Test
  void joinsTheStringsOfEachTextRecord() {
    server.zone("t.example. 60 IN TXT \"v=DKIM1; \" \"p=abc\"");
    assertThat(resolver.texts(name("t.example")))
        .isEqualTo(new Lookup.Found<>(List.of("v=DKIM1; p=abc")));
  }

  @Test
  void fetchesLongAnswersOverTcp() {
    IntStream.range(0, 30)
        .forEach(
            i -> server.zone("long.example. 60 IN TXT \"%s-%d\"".formatted("x".repeat(100), i)));
    assertThat(resolver.texts(name("long.example")))
        .isInstanceOfSatisfying(
            Lookup.Found.class, found -> assertThat(found.records()).hasSize(30));
    assertThat(server.questions()).contains("long.example. TXT tcp");
  }

  @Test
  void keepsAnswersForTheirTimeAndFailuresNotAtAll() {
    server.zone("a.example. 60 IN MX 10 mx.example.", "fleeting.example. 0 IN MX 10 mx.example.");
    server.failing("broken.example", Rcode.SERVFAIL);
    for (int i = 0; i < 3; i++) {
      assertThat(resolver.mx(name("a.example"))).isInstanceOf(Lookup.Found.class);
      assertThat(resolver.mx(name("gone.example"))).isInstanceOf(Lookup.NoSuchName.class);
      assertThat(resolver.mx(name("fleeting.example"))).isInstanceOf(Lookup.Found.class);
    }
    assertThat(server.questions()).filteredOn("a.example. MX"::equals).hasSize(1);
    assertThat(server.questions()).filteredOn("gone.example. MX"::equals).hasSize(1);
    assertThat(server.questions()).filteredOn("fleeting.example. MX"::equals).hasSize(3);

    assertThat(resolver.mx(name("broken.example"))).isInstanceOf(Lookup.NoAnswer.class);
    server.forget("broken.example").zone("broken.example. 60 IN MX 10 mx.example.");
    assertThat(resolver.mx(name("broken.example"))).isInstanceOf(Lookup.Found.class);
  }

  @Test
  void asksAgainWhenUncached() {
    Resolver fresh = resolver.uncached();
    assertThat(fresh.mx(name("new.example"))).isInstanceOf(Lookup.NoSuchName.class);
    server.zone("new.example. 60 IN MX 10 mx.example.");
    assertThat(fresh.mx(name("new.example"))).isInstanceOf(Lookup.Found.class);
  }

  @Test
  void answersManyAtOnceWithOneQuery() throws InterruptedException, ExecutionException {
    server.zone("busy.example. 60 IN MX 10 mx.example.");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Lookup<Mx>>> answers =
          IntStream.range(0, 200)
              .mapToObj(_ -> threads.submit(() -> resolver.mx(name("busy.example"))))
              .toList();
      for (Future<Lookup<Mx>> answer : answers) {
        assertThat(answer.get()).isInstanceOf(Lookup.Found.class);
      }
    }
    assertThat(server.questions()).hasSize(1);
  }

  @Test
  void refusesATimeOutThatIsNone() {
    List<InetSocketAddress> servers = List.of(server.address());
    assertThatThrownBy(() -> new Resolver(servers, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: positive");
  }

  @Test
  void derivesWhoTakesMail() {
    server
        .zone(
            "a.example. 60 IN MX 10 mx.a.example.",
            "mixed.example. 60 IN MX 0 .",
            "mixed.example. 60 IN MX 10 mx.a.example.",
            "null.example. 60 IN MX 0 .",
            "host.example. 60 IN A 192.0.2.1",
            "bare.example. 60 IN TXT \"nothing here\"")
        .failing("broken.example", Rcode.SERVFAIL);
    MailHosts hosts = new MailHosts.Hosts(List.of(new Mx(10, "mx.a.example")));
    assertThat(MailHosts.of(name("a.example"), resolver)).isEqualTo(hosts);
    assertThat(MailHosts.of(name("mixed.example"), resolver)).isEqualTo(hosts);
    assertThat(MailHosts.of(name("null.example"), resolver)).isEqualTo(new MailHosts.NullMx());
    assertThat(MailHosts.of(name("host.example"), resolver))
        .isEqualTo(new MailHosts.ImplicitHost(name("host.example")));
    assertThat(MailHosts.of(name("bare.example"), resolver))
        .isEqualTo(
            new MailHosts.NoSuchDomain(
                "the domain bare.example has neither MX nor address records"));
    assertThat(MailHosts.of(name("gone.example"), resolver))
        .isEqualTo(new MailHosts.NoSuchDomain("the domain gone.example does not exist"));
    assertThat(MailHosts.of(name("broken.example"), resolver))
        .isInstanceOf(MailHosts.NoAnswer.class);
  }
}
