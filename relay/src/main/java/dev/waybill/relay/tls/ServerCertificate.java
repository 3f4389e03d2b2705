package dev.waybill.relay.tls;

import dev.waybill.relay.message.DomainName;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate that this relay shows, and the newest one whenever its files change. Any thread
/// may use it; one looks.
public final class ServerCertificate {
  private static final Logger LOG = LoggerFactory.getLogger(ServerCertificate.class);

  private final Optional<PemPair> source;
  private final ReplaceableKeys keys = new ReplaceableKeys();
  private final SSLContext context;
  private volatile X509Certificate shown;

  /// The looking thread's own.
  private List<Object> seen = List.of();

  private ServerCertificate(Optional<PemPair> source, Identity identity) {
    this.source = source;
    keys.show(identity);
    shown = identity.own();
    context = keys.context();
  }

  /// The operator's own.
  ///
  /// @param chain PEM certificates, the server's own first
  /// @param key a PEM PKCS#8 key, RSA or elliptic curve, without a password
  /// @throws IllegalArgumentException when a file is not what it should be; names file and
  ///   expectation
  /// @throws IOException when a file cannot be read
  public static ServerCertificate configured(Path chain, Path key) throws IOException {
    PemPair source = new PemPair(chain, key);
    List<Object> stamp = source.stamp();
    ServerCertificate certificate = new ServerCertificate(Optional.of(source), source.read());
    certificate.seen = stamp;
    return certificate;
  }

  /// One of our own making, for the relay of this name: `submission-tls.crt` and its key.
  ///
  /// @param folder where it is kept
  /// @throws IOException when it cannot be made or read
  public static ServerCertificate selfSigned(Path folder, DomainName hostname) throws IOException {
    return selfSigned(
        folder, "submission-tls", hostname.value(), List.of("dns:" + hostname.value()));
  }

  /// One of our own making, made at the first call.
  ///
  /// @param folder where it is kept
  /// @param file the name of its files, which end in `.crt` and `.key`
  /// @param subject its common name
  /// @param names its alternative names as `keytool` takes them, such as `dns:relay.example.com`
  /// @throws IOException when it cannot be made or read
  public static ServerCertificate selfSigned(
      Path folder, String file, String subject, List<String> names) throws IOException {
    return new ServerCertificate(
        Optional.empty(), new OwnCertificate(folder, file).get(subject, names));
  }

  /// For servers; it shows the newest certificate in each handshake.
  public SSLContext context() {
    return context;
  }

  /// The server's own certificate, as it is shown now.
  public X509Certificate shown() {
    return shown;
  }

  /// Shows when the certificate ends.
  public void bindTo(MeterRegistry registry) {
    Gauge.builder(
            "waybill.tls.certificate.expires",
            this,
            it -> it.shown().getNotAfter().toInstant().getEpochSecond())
        .baseUnit("seconds")
        .description("when the certificate that is shown ends, in seconds since 1970")
        .register(registry);
  }

  /// Reads the files again if they changed. What cannot be used is reported once and the one before
  /// stays: certificate and key are rarely replaced in the same moment.
  public void look() {
    if (source.isEmpty()) {
      return;
    }
    PemPair files = source.get();
    try {
      List<Object> stamp = files.stamp();
      if (stamp.equals(seen)) {
        return;
      }
      seen = stamp;
      Identity identity = files.read();
      keys.show(identity);
      shown = identity.own();
      LOG.info("the certificate was replaced: {}", identity);
    } catch (IOException | IllegalArgumentException unusable) {
      LOG.warn("the changed certificate is not used: {}", unusable.getMessage());
    }
  }
}
