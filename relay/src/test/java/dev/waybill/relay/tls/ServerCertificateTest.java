package dev.waybill.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.message.DomainName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCertificateTest {
  private static final DomainName NAME = DomainName.of("relay.test");

  @TempDir Path folder;
  private Path chain;
  private Path key;

  @BeforeEach
  void names() {
    chain = folder.resolve("chain.pem");
    key = folder.resolve("key.pem");
  }

  @Test
  void keepsItsOwnCertificate() throws Exception {
    ServerCertificate.selfSigned(folder, NAME, SystemClock.random());
    Path store = folder.resolve("submission-tls.p12");
    byte[] first = Files.readAllBytes(store);
    ServerCertificate again = ServerCertificate.selfSigned(folder, NAME, SystemClock.random());

    assertThat(Files.readAllBytes(store)).isEqualTo(first);
    for (Path file : List.of(store, folder.resolve("submission-tls.password"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
    again.look();
    assertThat(shown(again)).isEqualTo(OwnCertificate.certificate(folder));
  }

  @Test
  void saysWhatIsWrongWithTheOperatorsFiles() throws Exception {
    make("one", chain, key);
    Path otherKey = folder.resolve("other-key.pem");
    make("two", folder.resolve("other-chain.pem"), otherKey);
    assertThatThrownBy(() -> ServerCertificate.configured(chain, otherKey))
        .hasMessageContaining("other-key.pem (expected: the key of the first certificate in");
    assertThatThrownBy(() -> ServerCertificate.configured(chain, chain))
        .hasMessageContaining("expected: a PKCS#8 key");
    assertThatThrownBy(() -> ServerCertificate.configured(key, key))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ServerCertificate.configured(folder.resolve("none"), key))
        .isInstanceOf(IOException.class);
  }

  @Test
  void showsTheNewCertificateOnceBothFilesWereReplaced() throws Exception {
    X509Certificate one = make("one", chain, key);
    Path newChain = folder.resolve("new-chain.pem");
    Path newKey = folder.resolve("new-key.pem");
    X509Certificate two = make("two", newChain, newKey);
    ServerCertificate certificate = ServerCertificate.configured(chain, key);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    certificate.bindTo(meters);
    assertThat(shown(certificate)).isEqualTo(one);

    Files.move(newChain, chain, StandardCopyOption.REPLACE_EXISTING);
    certificate.look();
    assertThat(shown(certificate)).isEqualTo(one);

    Files.move(newKey, key, StandardCopyOption.REPLACE_EXISTING);
    certificate.look();
    assertThat(shown(certificate)).isEqualTo(two);
    assertThat(meters.get("waybill.tls.certificate.expires").gauge().value())
        .isEqualTo(two.getNotAfter().toInstant().getEpochSecond());

    Files.delete(key);
    certificate.look();
    assertThat(shown(certificate)).isEqualTo(two);
  }

  /// A handshake asks for the certificates first and for the key later.
  @Test
  void aHandshakeGetsTheKeyOfTheCertificateThatItHasShown() throws Exception {
    make("one", chain, key);
    ReplaceableKeys keys = new ReplaceableKeys();
    keys.show(PemFiles.read(chain, key));
    String chosen = Objects.requireNonNull(keys.chooseServerAlias("EC", null, null));
    X509Certificate[] seen = keys.getCertificateChain(chosen);

    make("two", chain, key);
    keys.show(PemFiles.read(chain, key));
    assertThat(keys.getCertificateChain(chosen)).isEqualTo(seen);
    assertThat(keys.getPrivateKey(chosen)).isNotNull();
    assertThat(keys.chooseServerAlias("EC", null, null)).isNotEqualTo(chosen);
  }

  private X509Certificate make(String name, Path chainFile, Path keyFile) throws Exception {
    Path own = folder.resolve(name);
    ServerCertificate.selfSigned(own, NAME, SystemClock.random());
    char[] password = Files.readString(own.resolve("submission-tls.password")).toCharArray();
    KeyStore store = KeyStore.getInstance(own.resolve("submission-tls.p12").toFile(), password);
    Certificate certificate = store.getCertificate("waybill");
    Files.writeString(chainFile, pem("CERTIFICATE", certificate.getEncoded()));
    Files.writeString(keyFile, pem("PRIVATE KEY", store.getKey("waybill", password).getEncoded()));
    return (X509Certificate) certificate;
  }

  private static String pem(String kind, byte[] octets) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder().encodeToString(octets), kind);
  }

  private static Certificate shown(ServerCertificate certificate) throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket server =
        (SSLServerSocket)
            certificate.context().getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      Thread serving =
          Thread.ofVirtual()
              .start(() -> {
                try (SSLSocket accepted = (SSLSocket) server.accept()) {
                  accepted.startHandshake();
                } catch (IOException failed) {
                  throw new IllegalStateException(failed);
                }
              });
      SSLContext trusting = SSLContext.getInstance("TLS");
      trusting.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
      try (SSLSocket client =
          (SSLSocket) trusting.getSocketFactory().createSocket(loopback, server.getLocalPort())) {
        client.startHandshake();
        return client.getSession().getPeerCertificates()[0];
      } finally {
        serving.join();
      }
    }
  }

  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
