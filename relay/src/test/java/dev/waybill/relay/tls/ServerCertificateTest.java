package dev.waybill.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.testing.TrustsAnything;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
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
    ServerCertificate made = ServerCertificate.selfSigned(folder, NAME);
    ServerCertificate again = ServerCertificate.selfSigned(folder, NAME);

    again.look();
    assertThat(shown(again)).isEqualTo(made.shown()).isEqualTo(again.shown());
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("submission-tls.key"))))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void makesItsOwnCertificateAgainWhenHalfOfItIsGone() throws Exception {
    ServerCertificate made = ServerCertificate.selfSigned(folder, NAME);
    Files.delete(folder.resolve("submission-tls.crt"));
    ServerCertificate again = ServerCertificate.selfSigned(folder, NAME);

    assertThat(shown(again)).isNotEqualTo(made.shown());
    Files.writeString(folder.resolve("submission-tls.key"), "no key");
    assertThatThrownBy(() -> ServerCertificate.selfSigned(folder, NAME))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("submission-tls.crt to have a new one made");
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
    X509Certificate made = ServerCertificate.selfSigned(own, NAME).shown();
    Files.copy(own.resolve("submission-tls.crt"), chainFile, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(own.resolve("submission-tls.key"), keyFile, StandardCopyOption.REPLACE_EXISTING);
    return made;
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
      try (SSLSocket client =
          (SSLSocket)
              TrustsAnything.context()
                  .getSocketFactory()
                  .createSocket(loopback, server.getLocalPort())) {
        client.startHandshake();
        return client.getSession().getPeerCertificates()[0];
      } finally {
        serving.join();
      }
    }
  }
}
