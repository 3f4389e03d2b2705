package dev.waybill.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.search.MeterNotFoundException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFolderTest {
  @TempDir Path folder;
  @TempDir Path workshop;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void findsAHostsOwnCertificateBeforeAWildcard() throws Exception {
    make("links.shop.example", "links.shop.example");
    make("_.shop.example", "*.shop.example");
    make("Odd.Example", "odd.example");
    CertificateFolder certificates = CertificateFolder.open(folder, meters);

    assertThat(certificates.context("links.shop.example"))
        .isPresent()
        .isNotEqualTo(certificates.context("other.shop.example"));
    assertThat(certificates.context("other.shop.example")).isPresent();
    assertThat(certificates.context("odd.example")).isPresent();
    assertThat(certificates.context("a.b.shop.example")).isEmpty();
    assertThat(certificates.context("shop.example")).isEmpty();
    assertThat(certificates.context("")).isEmpty();
  }

  @Test
  void takesOverWhatChanges() throws Exception {
    CertificateFolder certificates = CertificateFolder.open(folder, meters);
    assertThat(certificates.context("links.shop.example")).isEmpty();

    X509Certificate first = make("links.shop.example", "links.shop.example");
    certificates.look();
    var context = certificates.context("links.shop.example");
    assertThat(context).isPresent();
    assertThat(expires("links.shop.example"))
        .isEqualTo(first.getNotAfter().toInstant().getEpochSecond());

    Files.writeString(folder.resolve("links.shop.example.key"), "half written");
    certificates.look();
    assertThat(certificates.context("links.shop.example")).isEqualTo(context);

    make("links.shop.example", "links.shop.example");
    certificates.look();
    assertThat(certificates.context("links.shop.example")).isEqualTo(context);

    Files.delete(folder.resolve("links.shop.example.crt"));
    certificates.look();
    assertThat(certificates.context("links.shop.example")).isEmpty();
    assertThatThrownBy(() -> expires("links.shop.example"))
        .isInstanceOf(MeterNotFoundException.class);
  }

  @Test
  void showsNoCertificateForAnotherHost() throws Exception {
    make("links.shop.example", "links.other.example");
    make("lonely.shop.example", "lonely.shop.example");
    Files.delete(folder.resolve("lonely.shop.example.key"));
    CertificateFolder certificates = CertificateFolder.open(folder, meters);

    assertThat(certificates.context("links.shop.example")).isEmpty();
    assertThat(certificates.context("links.other.example")).isEmpty();
    assertThat(certificates.context("lonely.shop.example")).isEmpty();
  }

  @Test
  void needsAFolder() {
    assertThatThrownBy(() -> CertificateFolder.open(folder.resolve("none"), meters))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("expected: a folder");
  }

  private double expires(String host) {
    return meters.get("waybill.tracking.certificate.expires").tag("host", host).gauge().value();
  }

  private X509Certificate make(String file, String name) throws Exception {
    Path fresh = Files.createTempDirectory(workshop, "made");
    X509Certificate made =
        ServerCertificate.selfSigned(fresh, "pair", "test", List.of("dns:" + name)).shown();
    for (String end : List.of(".crt", ".key")) {
      Files.copy(
          fresh.resolve("pair" + end),
          folder.resolve(file + end),
          StandardCopyOption.REPLACE_EXISTING);
    }
    return made;
  }
}
