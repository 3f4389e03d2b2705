package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import dev.waybill.cli.output.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Master;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;
import tools.jackson.databind.JsonNode;

class RecordFormatsTest extends CommandTest {
  @BeforeEach
  void answer() {
    relay.on("GET /domains/example.com", 200, FakeRelay.file("domain"));
  }

  @ParameterizedTest
  @CsvSource({
    "table, table.txt",
    "csv, records.csv",
    "bind, example.com.zone",
    "cloudflare, cloudflare.json",
    "route53, route53.json",
    "terraform, records.tf"
  })
  void isAsAlways(String format, String file) {
    Ran ran = shell.run("domains", "records", "example.com", "--format", format);

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).isEqualTo(FakeRelay.resource("records/" + file));
  }

  @Test
  void jsonIsWhatTheRelayReturned() {
    Ran ran = shell.run("domains", "records", "example.com", "--output", "json");

    assertThat(parse(ran.out())).isEqualTo(parse(FakeRelay.file("domain")).path("records"));
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void theZoneFileIsReadBackWithWholeValues() throws IOException {
    String zone = shell.run("domains", "records", "example.com", "--format", "bind").out();
    List<String> values = new ArrayList<>();
    Set<String> names = new HashSet<>();
    try (Master master =
        new Master(new ByteArrayInputStream(zone.getBytes(StandardCharsets.US_ASCII)))) {
      for (Record record = master.nextRecord(); record != null; record = master.nextRecord()) {
        names.add(record.getName().toString(true));
        values.add(
            record instanceof TXTRecord text
                ? String.join("", text.getStrings())
                : record.rdataToString());
      }
    }

    List<String> expected = new ArrayList<>();
    for (JsonNode record : records()) {
      String value = record.path("value").asString();
      expected.add(
          switch (record.path("type").asString()) {
            case "MX" -> "10 " + value + ".";
            case "CNAME" -> value + ".";
            default -> value;
          });
    }
    assertThat(values).isEqualTo(expected);
    assertThat(names).contains("send.example.com", "wb1._domainkey.example.com");
  }

  @Test
  void longTextIsSplitWhereTheFormatWantsIt() {
    String dkim = records().path(2).path("value").asString();
    assertThat(dkim.length()).isGreaterThan(255);
    String first = dkim.substring(0, 255);
    String second = dkim.substring(255);

    JsonNode route53 =
        parse(shell.run("domains", "records", "example.com", "--format=route53").out());
    assertThat(route53.at("/Changes/2/ResourceRecordSet/ResourceRecords/0/Value").asString())
        .isEqualTo('"' + first + "\" \"" + second + '"');
    JsonNode cloudflare =
        parse(shell.run("domains", "records", "example.com", "--format=cloudflare").out());
    assertThat(cloudflare.at("/posts/2/content").asString())
        .isEqualTo('"' + first + "\" \"" + second + '"');
    assertThat(shell.run("domains", "records", "example.com", "--format=terraform").out())
        .contains("[\"" + first + "\\\"\\\"" + second + "\"]");
  }

  @Test
  void aKeyOf4096BitsTakesThreeStrings() {
    String value = "v=DKIM1; k=rsa; p=" + "M".repeat(736);
    String old = records().path(2).path("value").asString();
    relay.on("GET /domains/large", 200, FakeRelay.file("domain").replace(old, value));
    String first = value.substring(0, 255);
    String quoted = "\"" + first + "\" \"" + "M".repeat(255) + "\" \"" + "M".repeat(244) + "\"";

    JsonNode route53 = parse(shell.run("domains", "records", "large", "--format=route53").out());
    assertThat(route53.at("/Changes/2/ResourceRecordSet/ResourceRecords/0/Value").asString())
        .isEqualTo(quoted);
    JsonNode cloudflare =
        parse(shell.run("domains", "records", "large", "--format=cloudflare").out());
    assertThat(cloudflare.at("/posts/2/content").asString()).isEqualTo(quoted);
    assertThat(shell.run("domains", "records", "large", "--format=bind").out())
        .contains(quoted.replace("\" \"", "\"\n\t\""));
    assertThat(shell.run("domains", "records", "large", "--format=terraform").out())
        .contains(quoted.substring(1, quoted.length() - 1).replace("\" \"", "\\\"\\\""));
    assertThat(shell.run("domains", "records", "large").out()).contains("\nValue\n" + value + "\n");
  }

  @Test
  void whatOnlyLooksLikeATemplateIsEscaped() {
    String tricky =
        FakeRelay.file("domain").replace("v=spf1 ip4", "a\\\\b \\\"c\\\" ${var.x} %{if} ip4");
    relay.on("GET /domains/tricky", 200, tricky);

    String hcl = shell.run("domains", "records", "tricky", "--format", "terraform").out();
    String zone = shell.run("domains", "records", "tricky", "--format", "bind").out();

    assertThat(hcl).contains("a\\\\\\\\b \\\\\\\"c\\\\\\\" $${var.x} %%{if} ip4");
    assertThat(zone).contains("\"a\\\\b \\\"c\\\" ${var.x} %{if} ip4");
  }

  @Test
  void missingLeavesOutWhatIsVerified() {
    Ran ran = shell.run("domains", "records", "example.com", "--format", "bind", "--missing");

    assertThat(ran.out())
        .contains("links.example.com.")
        .doesNotContain("_dmarc.example.com.", "\tMX\t");
    relay.on("GET /domains/done.example", 200, FakeRelay.file("domain-verified"));
    assertThat(shell.run("domains", "records", "done.example", "--missing"))
        .isEqualTo(new Ran(0, "", "Every record of example.com is verified.\n"));
  }

  @Test
  void aRecordThatWouldBreakOutOfTheFormatIsNotPrinted() {
    for (String bad : List.of("x\\ny", "\\u001b[31m", "é", "a.example. 0 IN TXT x")) {
      relay.on(
          "GET /domains/bad" + bad.length(),
          200,
          FakeRelay.file("domain").replace("track.example.net", bad));
      Ran ran = shell.run("domains", "records", "bad" + bad.length(), "--format", "bind");
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).contains("cannot be published: value").doesNotContain("\033");
    }
  }

  private static JsonNode records() {
    return parse(FakeRelay.file("domain")).path("records");
  }

  private static JsonNode parse(String text) {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
