package dev.waybill.relay.domains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.dkim.DkimKeys;
import dev.waybill.relay.dkim.DkimRecord;
import dev.waybill.relay.dkim.SigningKey;
import dev.waybill.relay.domains.RecordPlan.Kind;
import dev.waybill.relay.keyring.DomainKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.testing.ZoneInMemory;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainsRecordsTest {
  private static final String SEND = "send.example.com";
  private static final String KEY_NAME = "wb1._domainkey.example.com";
  private static final String GOOD_SPF = "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/48 ~all";
  private static final String KEY = DkimRecord.of(DkimKeys.generateRsa().getPublic()).text();

  private final ZoneInMemory zone = new ZoneInMemory();

  @Test
  void findsRecordsUnderADoubledName() {
    zone.mx("send.example.com.example.com", 10, "mx.relay.example")
        .txt("send.example.com.example.com", GOOD_SPF)
        .txt("wb1._domainkey.example.com.example.com", KEY)
        .txt("_dmarc.example.com.example.com", "v=DMARC1; p=none");

    for (Kind kind : List.of(Kind.RETURN_PATH, Kind.SPF, Kind.DKIM, Kind.DMARC)) {
      assertThat(wrong(kind))
          .startsWith("Found at ")
          .contains(".example.com.example.com: your DNS host appends example.com by itself");
    }
    assertThat(wrong(Kind.RETURN_PATH)).endsWith("so enter the name as send.");
  }

  @Test
  void findsRecordsUnderANameDoubledWithTheZoneAbove() {
    zone.txt("send.mail.shop.co.uk.shop.co.uk", GOOD_SPF);

    assertThat(inspect(Kind.SPF, "mail.shop.co.uk").explanation())
        .endsWith("your DNS host appends shop.co.uk by itself, so enter the name as send.mail.");
  }

  @ParameterizedTest
  @CsvSource({
    "10 mx.relay.example, right, Bounces come to mx.relay.example",
    "99 mx.relay.example, right, Bounces come to mx.relay.example",
    "10 mx.other.example, wrong, 'The MX is \"mx.other.example\" (expected: mx.relay.example).'",
    "10 mx.relay.example.example.com, wrong, end the value with a dot: mx.relay.example.",
  })
  void judgesTheMailHost(String host, String verdict, String explanation) {
    String[] parts = host.split(" ", -1);
    zone.mx(SEND, Integer.parseInt(parts[0]), parts[1]);
    expect(Kind.RETURN_PATH, verdict, explanation);
  }

  @Test
  void seesRivalsOfTheMailHost() {
    zone.mx(SEND, 10, "mx.relay.example").mx(SEND, 5, "old.example");
    assertThat(wrong(Kind.RETURN_PATH)).contains("Bounces go to \"old.example\" instead");
    zone.remove(SEND).mx(SEND, 10, "mx.relay.example").mx(SEND, 20, "backup.example");
    expect(Kind.RETURN_PATH, "right", "Bounces come to");
  }

  @Test
  void seesAMailHostOfTheWrongType() {
    zone.txt(SEND, "10 mx.relay.example");
    assertThat(wrong(Kind.RETURN_PATH)).contains("its type must be MX");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/48 ~all|right|lists every host",
        "V=SPF1 include:x.example +IP6:2001:DB8::/48  ip4:192.0.2.1 -all|right|lists every host",
        "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all|right|lists every host",
        "v=spf1 ip4:192.0.2.1 ~all|wrong|does not list ip6:2001:db8::/48",
        "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/64 ~all|wrong|does not list ip6:2001:db8::/48",
        "v=spf1 ip4:192.0.2.1 ~all ip6:2001:db8::/48|wrong|does not list ip6:2001:db8::/48",
        "v=spf1 -ip4:192.0.2.1 ip6:2001:db8::/48 ~all|wrong|does not list ip4:192.0.2.1",
        "v=spf1 ip4:192.0.2.10 ip6:2001:db8::/48 ~all|wrong|does not list ip4:192.0.2.1",
        "v=spf1 ip4:192.0.2.1/999 ip6:2001:db8::/48 ~all|wrong|the term \"ip4:192.0.2.1/999\"",
        "v=spf1 include:both.example ~all|right|lists every host",
        "v=spf1 redirect=both.example|right|lists every host",
        "v=spf1 include:gone.example ~all|wrong|names gone.example, which has no SPF record",
        "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/48 +all|right|\"+all\" lets anybody send",
        "v=spf1 exists:%{i}.x.example ~all|unanswered|whose macro is not computed here",
        "v=spf10 ip4:192.0.2.1 ip6:2001:db8::/48 ~all|wrong|There is no TXT record",
        "'\"v=spf1 ip4:192.0.2.1 ~all\"'|wrong|quotation marks",
        "v=spf1 a:t.example a:t.example a:t.example a:t.example a:t.example a:t.example a:t.example a:t.example"
            + " a:t.example a:t.example include:x.example ip4:192.0.2.1 ip6:2001:db8::/48 ~all|wrong|needs 11 look-ups",
      })
  void judgesTheSenderPolicy(String text, String verdict, String explanation) {
    zone.txt("x.example", "v=spf1 -all")
        .txt("both.example", "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/48 -all")
        .address("t.example", "203.0.113.1")
        .txt(SEND, "site-verification=1")
        .txt(SEND, text);
    expect(Kind.SPF, verdict, explanation);
  }

  @Test
  void seesTwoSenderPolicies() {
    zone.txt(SEND, GOOD_SPF).txt(SEND, "v=spf1 -all");
    assertThat(wrong(Kind.SPF)).startsWith("There are 2 SPF records");
  }

  @Test
  void comparesKeysByTheirMaterial() {
    zone.txt(KEY_NAME, KEY.replace("v=DKIM1; k=rsa; p=", "p= ").replace("A", "A "));
    expect(Kind.DKIM, "right", "The published key is ours.");
    zone.remove(KEY_NAME).txt(KEY_NAME, DkimRecord.of(DkimKeys.generateRsa().getPublic()).text());
    expect(Kind.DKIM, "wrong", "Another key is published here");
  }

  @Test
  void seesWhatIsWrongWithAKey() {
    zone.txt(KEY_NAME, KEY.substring(0, 255));
    assertThat(wrong(Kind.DKIM)).startsWith("The key is cut short: 237 of 392 characters");
    zone.remove(KEY_NAME).txt(KEY_NAME, "v=DKIM1; k=rsa; p=");
    assertThat(wrong(Kind.DKIM)).startsWith("The key is revoked");
    zone.remove(KEY_NAME).txt(KEY_NAME, "\"" + KEY + "\"");
    assertThat(wrong(Kind.DKIM)).contains("quotation marks");
    zone.remove(KEY_NAME).txt(KEY_NAME, "v=spf1 -all");
    assertThat(wrong(Kind.DKIM)).contains("is no DKIM key").contains("\"v=spf1 -all\"");
    zone.remove(KEY_NAME).txt(KEY_NAME, KEY).txt(KEY_NAME, KEY);
    assertThat(wrong(Kind.DKIM)).startsWith("There are 2 TXT records");
  }

  @Test
  void seesAKeyThatWasTornApart() {
    zone.txt(KEY_NAME, KEY.substring(0, 200) + "\" \"" + KEY.substring(200));
    assertThat(wrong(Kind.DKIM)).startsWith("The key is ours with something else in its middle");
    zone.remove(KEY_NAME).txt(KEY_NAME, KEY.substring(0, 200) + "\\" + KEY.substring(200));
    assertThat(wrong(Kind.DKIM)).startsWith("The key is ours with something else in its middle");
    zone.remove(KEY_NAME).txt(KEY_NAME, KEY.substring(0, 200) + "  " + KEY.substring(200));
    expect(Kind.DKIM, "right", "The published key is ours.");
  }

  @Test
  void findsRecordsAtNamesThatReceiversDoNotAskFor() {
    zone.txt("wb1.example.com", KEY).txt("example.com", GOOD_SPF);
    assertThat(wrong(Kind.DKIM))
        .isEqualTo(
            "The key stands at wb1.example.com; its name must be wb1._domainkey.example.com, with"
                + " ._domainkey in it.");
    assertThat(wrong(Kind.SPF))
        .startsWith("The SPF record stands at example.com")
        .endsWith("publish it at send.example.com.");
    zone.remove("example.com").txt("example.com", "v=spf1 ip4:203.0.113.1 -all");
    assertThat(wrong(Kind.SPF)).startsWith("There is no TXT record at send.example.com");
  }

  @Test
  void seesAliasesThatLeadNowhere() {
    zone.cname(KEY_NAME, "wb1.keys.elsewhere.example").cname(SEND, "mx.relay.example");
    for (Kind kind : List.of(Kind.DKIM, Kind.SPF, Kind.RETURN_PATH)) {
      assertThat(wrong(kind)).contains(" is a CNAME to ").contains("record itself");
    }
    zone.txt("wb1.keys.elsewhere.example", KEY);
    expect(Kind.DKIM, "right", "The published key is ours.");
  }

  @Test
  void seesWildcards() {
    zone.txt("_dmarc.example.com", "all=yes")
        .txt("waybill-looks-for-a-wildcard.example.com", "all=yes")
        .txt(KEY_NAME, "all=yes")
        .txt("waybill-looks-for-a-wildcard._domainkey.example.com", "all=yes");
    assertThat(wrong(Kind.DMARC)).contains("a wildcard record, *.example.com or above");
    assertThat(wrong(Kind.DKIM)).contains("a wildcard record, *._domainkey.example.com or above");
  }

  @Test
  void judgesTheTrackingHost() {
    zone.cname("go.example.com", "track.relay.example");
    expect(Kind.TRACKING, "right", "It points to track.relay.example.");
    zone.remove("go.example.com").cname("go.example.com", "track.relay.example.example.com");
    assertThat(wrong(Kind.TRACKING)).contains("end the value with a dot");
    zone.remove("go.example.com").address("go.example.com", "203.0.113.9");
    assertThat(wrong(Kind.TRACKING)).contains("switch off any proxy");
    zone.address("track.relay.example", "203.0.113.9");
    expect(Kind.TRACKING, "right", "It has the addresses of track.relay.example.");
    zone.remove("go.example.com");
    assertThat(wrong(Kind.TRACKING))
        .isEqualTo("There is no CNAME record at go.example.com. The name does not exist.");
    zone.txt("go.example.com", "something");
    assertThat(wrong(Kind.TRACKING)).isEqualTo("There is no CNAME record at go.example.com.");
  }

  @Test
  void judgesTheDmarcPolicyThatReceiversApply() {
    assertThat(wrong(Kind.DMARC)).contains("(mail flows without it).");
    zone.txt("_dmarc.example.com", "v=DMARC1; p=reject; aspf=s; pct=50; rua=mailto:a@b.example");
    expect(Kind.DMARC, "right", "The policy is reject.");
    assertThat(inspect(Kind.DMARC, "example.com").explanation())
        .contains("With aspf=s the return path send.example.com does not count as example.com")
        .contains("took away the tag pct")
        .contains("b.example has to publish");
    zone.txt("_dmarc.example.com", "v=DMARC1; p=none");
    assertThat(wrong(Kind.DMARC)).startsWith("There are 2 DMARC records");
  }

  @Test
  void walksUpToTheOrganizationalDomainsPolicy() {
    zone.txt("_dmarc.example.com", "v=DMARC1; p=reject; sp=quarantine")
        .txt("_dmarc.com", "v=DMARC1; p=reject; psd=y");
    assertThat(inspect(Kind.DMARC, "a.b.example.com"))
        .isInstanceOf(Finding.Right.class)
        .extracting(Finding::explanation)
        .asString()
        .contains("receivers apply the one of _dmarc.example.com: quarantine.");
    zone.txt("_dmarc.b.unmarked.com", "v=DMARC1; p=none");
    assertThat(inspect(Kind.DMARC, "a.b.unmarked.com").explanation())
        .contains("_dmarc.com: reject.");
    assertThat(inspect(Kind.DMARC, "other.com").explanation()).contains("_dmarc.com: reject.");
  }

  @Test
  void makesForeignTextPrintable() {
    zone.txt(KEY_NAME, "\u001B[2J" + "x".repeat(5_000));
    assertThat(wrong(Kind.DKIM)).doesNotContain("\u001B").hasSizeLessThan(400);
  }

  @Test
  void saysNothingAboutARecordWhenTheDnsIsSilent() {
    zone.silent(true);
    for (Kind kind : Kind.values()) {
      assertThat(inspect(kind, "example.com")).isInstanceOf(Finding.Unanswered.class);
    }
  }

  private void expect(Kind kind, String verdict, String explanation) {
    Finding finding = inspect(kind, "example.com");
    assertThat(finding.explanation()).contains(explanation);
    assertThat(finding)
        .isInstanceOf(
            switch (verdict) {
              case "right" -> Finding.Right.class;
              case "wrong" -> Finding.Wrong.class;
              default -> Finding.Unanswered.class;
            });
  }

  private String wrong(Kind kind) {
    Finding finding = inspect(kind, "example.com");
    assertThat(finding).isInstanceOf(Finding.Wrong.class);
    return finding.explanation();
  }

  private static DomainKey key(UUID domainId) {
    return new DomainKey(
        domainId,
        "wb1",
        SigningKey.Algorithm.RSA_SHA256,
        DomainKey.Role.ACTIVE,
        false,
        Instant.EPOCH,
        null,
        KEY,
        "");
  }

  private Finding inspect(Kind kind, String name) {
    UUID id = new UUID(1, 2);
    SendingDomain domain =
        new SendingDomain(
            id,
            DomainName.of(name),
            DomainStatus.PENDING,
            "send",
            false,
            false,
            "go",
            false,
            Instant.EPOCH);
    RecordPlan.Planned planned =
        new RecordPlan(DomainsFixture.PLAN)
            .of(domain, List.of(key(id))).stream()
                .filter(each -> each.kind() == kind)
                .findFirst()
                .orElseThrow();
    return new Inspection(zone, DomainsFixture.PLAN).of(planned, domain);
  }
}
