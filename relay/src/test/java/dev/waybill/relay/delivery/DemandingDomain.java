package dev.waybill.relay.delivery;

import dev.waybill.relay.dns.SecureResolver;
import dev.waybill.relay.dns.TrustAnchors;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import dev.waybill.relay.testing.IssuedCertificate;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.PolicyHost;
import dev.waybill.relay.testing.ZoneSigner;
import dev.waybill.relay.transport.TlsSession;
import dev.waybill.relay.transport.Transport;
import dev.waybill.relay.transport.TransportSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// `a.example` in a signed zone, with a host that has a valid certificate, and a policy host.
abstract class DemandingDomain {
  static final String WRONG = "3 1 1 " + "00".repeat(32);

  @TempDir Path folder;
  final MovableClock clock = MovableClock.standing();
  final List<TlsSession> told = new CopyOnWriteArrayList<>();
  final Database database = DeliveryHarness.memory();
  IssuedCertificate certificate;
  private IssuedCertificate web;
  ZoneSigner signer;
  PolicyHost policies;
  DeliveryHarness harness;

  @BeforeEach
  void start() throws Exception {
    certificate = IssuedCertificate.of(folder, "mx.a.example");
    web = IssuedCertificate.of(folder, "mta-sts.a.example");
    signer = new ZoneSigner();
    policies = new PolicyHost(web.context());
    begin();
  }

  final void begin() throws Exception {
    harness = harness(certificate.pem());
    harness.host().startTls(certificate.context());
    harness.receives("a.example");
    harness.dns.zone("mta-sts.a.example. 60 IN A 127.0.0.1");
  }

  @AfterEach
  void stop() throws IOException {
    harness.close();
    policies.close();
    database.close();
  }

  /// @param trusted authorities of mail hosts
  private DeliveryHarness harness(Path trusted) throws Exception {
    Path both = folder.resolve("both.pem");
    Files.writeString(both, Files.readString(trusted) + Files.readString(web.pem()));
    Path anchors = signer.anchors(folder);
    return new DeliveryHarness(
        Options.usual().withTrusted(trusted),
        (resolver, dns, port) -> {
          dns.signedBy(signer);
          return new Transport(
              new TransportSettings(
                  true, true, port, policies.port(), Duration.ofSeconds(20), Optional.of(both)),
              resolver,
              SecureResolver.validating(
                  List.of(dns.address()),
                  Duration.ofSeconds(10),
                  TrustAnchors.of(Optional.of(anchors))),
              database,
              new Transport.Surroundings(_ -> true, clock, new SimpleMeterRegistry(), told::add));
        });
  }

  final void tlsa(String... records) {
    for (String record : records) {
      harness.dns.zone(
          "_%d._tcp.mx.a.example. 60 IN TLSA %s".formatted(harness.host().port(), record));
    }
  }

  final void policy(String mode, String mx) {
    harness.dns.zone("_mta-sts.a.example. 60 IN TXT \"v=STSv1; id=1;\"");
    policies.policy("a.example", "version: STSv1", "mode: " + mode, "mx: " + mx, "max_age: 86400");
  }
}
