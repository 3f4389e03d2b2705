package dev.waybill.relay.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.testing.TinyDnsServer;
import dev.waybill.relay.testing.ZoneSigner;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;

/// What signatures prove, what nobody signs, and what is forged; the signatures are real.
class SecureResolverTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private TinyDnsServer server;
  private ZoneSigner signer;
  private SecureResolver resolver;

  @BeforeEach
  void start() throws Exception {
    signer = new ZoneSigner();
    server = new TinyDnsServer().signedBy(signer);
    resolver =
        SecureResolver.validating(
            List.of(server.address()),
            TIMEOUT,
            TrustAnchors.of(Optional.of(signer.anchors(folder))));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static DomainName name(String text) {
    return DomainName.of(text);
  }

  @Test
  void provesRecordsAndThatThereAreNone() {
    server.zone(
        "a.example. 60 IN MX 10 mx.a.example.",
        "mx.a.example. 60 IN A 192.0.2.1",
        "_25._tcp.mx.a.example. 60 IN TLSA 3 1 1 " + "ab".repeat(32));
    SecureResolver.View view = resolver.view();
    assertThat(resolver.isUsable()).isTrue();
    assertThat(view.mx(name("a.example")))
        .isEqualTo(new Lookup.Found<>(List.of(new Mx(10, "mx.a.example"))));
    assertThat(view.addresses(name("mx.a.example")))
        .isEqualTo(new Lookup.Found<>(List.of(InetAddress.ofLiteral("192.0.2.1"))));
    assertThat(view.tlsa(name("_25._tcp.mx.a.example")))
        .isEqualTo(new Lookup.Found<>(List.of(new Tlsa(3, 1, 1, "ab".repeat(32)))));
    assertThat(view.tlsa(name("_25._tcp.other.example"))).isEqualTo(new Lookup.NoRecord<Tlsa>());
    assertThat(view.isSecure()).isTrue();
  }

  @Test
  void findsWhatNobodySignsAndCallsItInsecure() {
    signer.unsigned("plain.example");
    server.zone("plain.example. 60 IN MX 10 mx.plain.example.");
    SecureResolver.View view = resolver.view();
    assertThat(view.mx(name("plain.example")))
        .isEqualTo(new Lookup.Found<>(List.of(new Mx(10, "mx.plain.example"))));
    assertThat(view.isSecure()).isFalse();
  }

  @Test
  void isInsecureAsAWholeWhenOneAliasIs() {
    signer.unsigned("plain.example");
    server
        .chaining()
        .zone(
            "a.example. 60 IN CNAME mail.plain.example.",
            "mail.plain.example. 60 IN MX 10 mx.example.",
            "b.example. 60 IN CNAME mail.b.example.",
            "mail.b.example. 60 IN MX 10 mx.example.");
    SecureResolver.View leaving = resolver.view();
    assertThat(leaving.mx(name("a.example"))).isInstanceOf(Lookup.Found.class);
    assertThat(leaving.isSecure()).isFalse();
    SecureResolver.View staying = resolver.view();
    assertThat(staying.mx(name("b.example"))).isInstanceOf(Lookup.Found.class);
    assertThat(staying.isSecure()).isTrue();
  }

  @Test
  void takesAForgedAnswerForNone() {
    signer.forging("a.example");
    server.zone("a.example. 60 IN MX 10 mx.evil.example.");
    assertThat(resolver.view().mx(name("a.example")))
        .isInstanceOfSatisfying(
            Lookup.NoAnswer.class,
            none -> assertThat(none.reason()).contains("a.example. MX", "DNSSEC"));
  }

  @Test
  void takesAnAnswerWithoutTheSignaturesThatItShouldHaveForNone() throws Exception {
    server.zone("a.example. 60 IN MX 10 mx.a.example.");
    assertThat(resolver.isUsable()).isTrue();
    try (TinyDnsServer stripping = new TinyDnsServer()) {
      stripping.zone("a.example. 60 IN MX 10 mx.evil.example.");
      SecureResolver robbed =
          SecureResolver.validating(
              List.of(stripping.address()),
              TIMEOUT,
              TrustAnchors.of(Optional.of(signer.anchors(folder))));
      assertThat(robbed.view().mx(name("a.example"))).isInstanceOf(Lookup.NoAnswer.class);
      assertThat(robbed.isUsable()).isFalse();
    }
  }

  @Test
  void remembersProofsAndAsksOnce() {
    server.zone("a.example. 60 IN MX 10 mx.a.example.");
    for (int i = 0; i < 3; i++) {
      SecureResolver.View view = resolver.view();
      assertThat(view.mx(name("a.example"))).isInstanceOf(Lookup.Found.class);
      assertThat(view.isSecure()).isTrue();
    }
    assertThat(server.questions()).filteredOn("a.example. MX"::equals).hasSize(1);
    assertThat(server.questions()).filteredOn(asked -> asked.startsWith(". DNSKEY")).hasSize(1);
  }

  @Test
  void asksOneMoreQuestionOfAnUnsignedZoneAndNoneAgainWhileItIsRemembered() {
    signer.unsigned("plain.example").unsigned("other.example");
    server.zone("plain.example. 60 IN MX 10 mx.example.", "other.example. 60 IN MX 10 mx.example.");
    assertThat(resolver.view().mx(name("other.example"))).isInstanceOf(Lookup.Found.class);
    int before = server.questions().size();
    assertThat(resolver.view().mx(name("plain.example"))).isInstanceOf(Lookup.Found.class);
    assertThat(server.questions().subList(before, server.questions().size()))
        .containsExactlyInAnyOrder("plain.example. MX", "plain.example. DS");
  }

  @Test
  void tellsThatServersDoNotAnswer() {
    server.failing("broken.example", Rcode.SERVFAIL);
    assertThat(resolver.view().mx(name("broken.example"))).isInstanceOf(Lookup.NoAnswer.class);
  }

  @Test
  void believesTheServersWordWhereItIsTold() throws Exception {
    try (TinyDnsServer checked = new TinyDnsServer()) {
      checked.zone("a.example. 60 IN MX 10 mx.a.example.");
      SecureResolver trusting = SecureResolver.trusting(List.of(checked.address()), TIMEOUT);
      assertThat(trusting.isUsable()).isTrue();
      SecureResolver.View unchecked = trusting.view();
      assertThat(unchecked.mx(name("a.example"))).isInstanceOf(Lookup.Found.class);
      assertThat(unchecked.isSecure()).isFalse();
      checked.authentic();
      SecureResolver.View view =
          SecureResolver.trusting(List.of(checked.address()), TIMEOUT).view();
      assertThat(view.mx(name("a.example"))).isInstanceOf(Lookup.Found.class);
      assertThat(view.isSecure()).isTrue();
    }
  }

  @Test
  void hasTheRootsKeysAndRefusesAFileWithoutAny() throws IOException {
    assertThat(TrustAnchors.of(Optional.empty()).zone().toString()).isEqualTo(".");
    Path empty = Files.writeString(folder.resolve("empty"), "a.example. 60 IN A 192.0.2.1\n");
    assertThatThrownBy(() -> TrustAnchors.of(Optional.of(empty)))
        .hasMessageContaining("dns.trust-anchors: " + empty)
        .hasMessageContaining("expected: a file of DS or DNSKEY records");
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> TrustAnchors.of(Optional.of(missing)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
