package dev.waybill.relay.domains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.testing.ZoneInMemory;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a DMARC policy means for mail that is sent here.
class JudgesDmarcTest {
  private final ZoneInMemory zone = new ZoneInMemory();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v=DMARC1; p=reject; rua=mailto:a@example.com|The policy is reject.",
        "v=DMARC1; p=reject; t=y; rua=mailto:a@example.com|reject, announced as a test.",
        "v=DMARC1; p=reject; sp=none|For mail from its subdomains it is none (sp).",
        "v=DMARC1; p=none; np=reject|For subdomains that do not exist in the DNS it is reject (np).",
        "v=DMARC1; p=none; adkim=s|With adkim=s mail from a subdomain of example.com does not pass",
        "v=DMARC1; p=none; aspf=s|With aspf=s the return path send.example.com does not count",
        "v=DMARC1; p=none; psd=y|psd=y calls example.com a public suffix",
        "v=DMARC1; p=none; pct=5; rf=afrf; ri=1|took away the tag pct, rf, ri",
        "v=DMARC1; p=none|It has no rua address",
        "v=DMARC1; p=none; rua=a@example.com|It has no rua address",
        "v=DMARC1; p=none; rua=https://example.com/in|only to mailto: addresses",
        "v=DMARC1; p=none; rua=mailto:a@192.0.2.1|has to publish",
        "v=DMARC1; p=none; rua=mailto:a@[192.0.2.1]|only to mailto: addresses",
        "v=DMARC1; p=none; rua=mailto:a@other.com!10m|example.com._report._dmarc.other.com.",
      })
  void explainsAPolicy(String text, String explanation) {
    zone.txt("_dmarc.example.com", text);
    assertThat(judge("example.com"))
        .isInstanceOf(Finding.Right.class)
        .extracting(Finding::explanation)
        .asString()
        .contains(explanation);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v=dmarc1; p=none|has to begin with v=DMARC1; exactly",
        "p=none; v=DMARC1|has to begin with v=DMARC1; exactly",
        "'\"v=DMARC1; p=none\"'|quotation marks",
        "v=DMARC1; p=never|expected: none, quarantine or reject",
        "v=DMARC1; p=none; p=reject|the tag p stands twice",
      })
  void saysWhatReceiversCannotUse(String text, String explanation) {
    zone.txt("_dmarc.example.com", text);
    assertThat(judge("example.com"))
        .isInstanceOf(Finding.Wrong.class)
        .extracting(Finding::explanation)
        .asString()
        .contains(explanation);
  }

  @Test
  void isContentWithReportsWithinTheOrganizationAndWithConsent() {
    zone.txt("_dmarc.mail.example.com", "v=DMARC1; p=none; rua=mailto:a@reports.example.com");
    assertThat(judge("mail.example.com").explanation()).doesNotContain("Reports");
    zone.txt("_dmarc.example.com", "v=DMARC1; p=none; rua=mailto:a@other.com")
        .txt("example.com._report._dmarc.other.com", "v=DMARC1;");
    assertThat(judge("example.com").explanation()).doesNotContain("Reports");
    zone.silent("example.com._report._dmarc.other.com");
    assertThat(judge("example.com").explanation()).doesNotContain("Reports");
  }

  @Test
  void tellsThatTheDomainAboveIsOpen() {
    zone.txt("_dmarc.mail.example.com", "v=DMARC1; p=none; rua=mailto:a@example.com");
    assertThat(judge("mail.example.com").explanation())
        .contains("example.com above it has no policy");
    zone.txt("_dmarc.example.com", "v=DMARC1; p=none");
    assertThat(judge("mail.example.com").explanation()).doesNotContain("above it");
  }

  @Test
  void stopsAtTheNameThatSaysItIsTheOrganization() {
    zone.txt("_dmarc.b.example.com", "v=DMARC1; p=reject; psd=n")
        .txt("_dmarc.example.com", "v=DMARC1; p=none");
    assertThat(judge("a.b.example.com").explanation())
        .contains("receivers apply the one of _dmarc.b.example.com: reject.");
  }

  @Test
  void asksForTheLastSevenLabelsOfALongName() {
    zone.txt("_dmarc.c.d.e.f.g.example.com", "v=DMARC1; p=reject; psd=n");
    assertThat(judge("x.y.a.b.c.d.e.f.g.example.com").explanation()).contains("reject");
    zone.remove("_dmarc.c.d.e.f.g.example.com")
        .txt("_dmarc.b.c.d.e.f.g.example.com", "v=DMARC1; p=reject");
    assertThat(find("x.y.a.b.c.d.e.f.g.example.com")).isEmpty();
  }

  private Finding judge(String name) {
    return find(name).orElseThrow();
  }

  private Optional<Finding> find(String name) {
    return new DmarcInspection(zone)
        .judge(
            new SendingDomain(
                new UUID(1, 2),
                DomainName.of(name),
                DomainStatus.PENDING,
                "send",
                false,
                false,
                null,
                false,
                Instant.EPOCH));
  }
}
