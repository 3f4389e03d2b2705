package dev.waybill.relay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlHeadersTest {
  private static final Stream NEWS = new Stream("weekly-news", Stream.Kind.MARKETING);
  private static final Streams STREAMS = Streams.of(List.of(new Streams.Configured(NEWS, "")));
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  @Test
  void asksForNothingByDefault() {
    assertThat(wishes("Subject: x", "X-Entity-Ref-ID: 7", "X-Mailer: y"))
        .isEqualTo(new ControlHeaders.Wishes(null, null, Map.of(), null, null, null, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Waybill-Stream: weekly-news",
        "X-PM-Message-Stream: weekly-news",
        "X-SES-CONFIGURATION-SET: weekly-news",
      })
  void readsAStreamOfTheConfiguration(String field) {
    assertThat(wishes(field).stream()).isEqualTo(NEWS);
  }

  @ParameterizedTest
  @CsvSource({
    "X-Waybill-Stream: marketing",
    "X-PM-Message-Stream: broadcast",
    "X-SES-CONFIGURATION-SET: Marketing",
    "'X-MSYS-API: {\"options\":{\"transactional\":false}}'",
  })
  void readsTheStream(String field) {
    assertThat(wishes(field).stream()).isEqualTo(Stream.MARKETING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Waybill-Tag: wélcome",
        "X-Waybill-Tag: =?utf-8?q?w=C3=A9lcome?=",
        "X-PM-Tag: wélcome",
        "X-Mailgun-Tag: wélcome",
        "X-MT-Category: wélcome",
        "X-SMTPAPI: {\"category\":\"wélcome\"}",
        "X-SMTPAPI: {\"category\":[\"wélcome\",\"other\"]}",
        "X-MSYS-API: {\"campaign_id\":\"wélcome\",\"tags\":[\"x\"]}",
        "X-MSYS-API: {\"tags\":[\"wélcome\"]}",
      })
  void readsTheTag(String field) {
    assertThat(wishes(field).tag()).isEqualTo("wélcome");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Waybill-Metadata-Order: 7",
        "X-PM-Metadata-order: 7",
        "X-SES-MESSAGE-TAGS: order=7",
        "X-MT-Custom-Variables: {\"order\":7}",
        "X-SMTPAPI: {\"unique_args\":{\"order\":\"7\"}}",
        "X-MSYS-API: {\"metadata\":{\"order\":\"7\"}}",
      })
  void readsMetadata(String field) {
    assertThat(wishes(field).metadata()).containsExactly(Map.entry("order", "7"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Waybill-Track-Opens: yes | true | ",
        "X-Waybill-Track-Clicks: no |  | false",
        "X-PM-TrackOpens: true | true | ",
        "X-PM-Track-Opens: false | false | ",
        "X-PM-TrackLinks: HtmlAndText |  | true",
        "X-PM-Track-Links: None |  | false",
        "X-PM-Track-Links: TextOnly |  | false",
        "X-Mailgun-Track: yes | true | true",
        "X-Mailgun-Track-Opens: no | false | ",
        "X-Mailgun-Track-Clicks: htmlonly |  | true",
        "X-SMTPAPI: {\"filters\":{\"opentrack\":{\"settings\":{\"enable\":1}}}} | true | ",
        "X-SMTPAPI: {\"filters\":{\"clicktrack\":{\"settings\":{\"enable\":0}}}} |  | false",
        "X-MSYS-API: {\"options\":{\"open_tracking\":true,\"click_tracking\":false}} | true |"
            + " false",
      })
  void readsTrackingSwitches(String field, Boolean opens, Boolean clicks) {
    ControlHeaders.Wishes wishes = wishes(field);
    assertThat(wishes.trackOpens()).isEqualTo(opens);
    assertThat(wishes.trackClicks()).isEqualTo(clicks);
  }

  @Test
  void readsTheSendTime() {
    Instant later = NOW.plus(Duration.ofDays(2));
    assertThat(wishes("X-Waybill-Send-At: 2026-11-23T11:00:00+01:00").sendAt()).isEqualTo(later);
    assertThat(wishes("X-SMTPAPI: {\"send_at\":" + later.getEpochSecond() + "}").sendAt())
        .isEqualTo(later);
    assertThat(wishes("X-Waybill-Send-At: 2020-01-01T00:00:00Z").sendAt()).isNull();
  }

  @Test
  void prefersOurOwnNames() {
    ControlHeaders.Wishes wishes =
        wishes(
            "X-PM-Tag: theirs",
            "X-PM-Metadata-k: theirs",
            "X-PM-Message-Stream: broadcast",
            "X-Waybill-Tag: ours",
            "X-Waybill-Metadata-k: ours",
            "X-Waybill-Stream: transactional");
    assertThat(wishes.tag()).isEqualTo("ours");
    assertThat(wishes.metadata()).containsExactly(Map.entry("k", "ours"));
    assertThat(wishes.stream()).isEqualTo(Stream.TRANSACTIONAL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Waybill-Stream: bulk",
        "X-Waybill-Stream:",
        "X-PM-Message-Stream: inbound",
        "X-SES-CONFIGURATION-SET: mine",
        "X-Waybill-Track-Opens: maybe",
        "X-PM-TrackLinks: all",
        "X-Waybill-Send-At: tomorrow",
        "X-Waybill-Send-At: 2027-11-21T10:00:00Z",
        "X-SES-MESSAGE-TAGS: order",
        "X-SES-MESSAGE-TAGS: =x",
        "X-Waybill-Metadata-: x",
        "X-Waybill-Tag: =?x-nonsense?q?x?=",
        "X-MT-Custom-Variables: [1]",
        "X-MT-Custom-Variables: {\"a\":1,\"a\":2}",
        "X-MT-Custom-Variables: {\"a\":\"\\u0000\"}",
        "X-SMTPAPI: {",
        "X-SMTPAPI: {\"to\":[\"someone@else.test\"]}",
        "X-SMTPAPI: {\"sub\":{\"%name%\":[\"x\"]}}",
        "X-SMTPAPI: {\"category\":7}",
        "X-SMTPAPI: {\"send_at\":\"soon\"}",
        "X-SMTPAPI: {\"send_at\":99999999999999999999}",
        "X-SMTPAPI: {\"filters\":[]}",
        "X-MSYS-API: {\"bcc\":[\"someone@else.test\"]}",
        "X-MSYS-API: {\"options\":{\"open_tracking\":\"yes\"}}",
      })
  void namesTheFieldAndValueThatMakeNoSense(String field) {
    assertThat(read(field))
        .isInstanceOfSatisfying(
            ControlHeaders.Malformed.class,
            malformed -> {
              assertThat(field).startsWith(malformed.name() + ":");
              assertThat(malformed.expected()).isNotBlank();
            });
  }

  @Test
  void boundsEverything() {
    String[] many = new String[51];
    for (int i = 0; i < many.length; i++) {
      many[i] = "X-Waybill-Metadata-k" + i + ": v";
    }
    assertThat(read(many)).isInstanceOf(ControlHeaders.Malformed.class);
    assertThat(read("X-Waybill-Metadata-k: " + "v".repeat(2_001)))
        .isInstanceOf(ControlHeaders.Malformed.class);
    assertThat(read("X-Waybill-Tag: " + "v".repeat(1_001)))
        .isInstanceOf(ControlHeaders.Malformed.class);
    assertThat(read("X-SMTPAPI: " + "[".repeat(60_000)))
        .isInstanceOf(ControlHeaders.Malformed.class);
    assertThat(read("X-SMTPAPI: {\"x\":\"" + "v".repeat(70_000) + "\"}"))
        .isInstanceOf(ControlHeaders.Malformed.class);
  }

  private static ControlHeaders.Wishes wishes(String... fields) {
    return (ControlHeaders.Wishes) read(fields);
  }

  private static ControlHeaders read(String... fields) {
    byte[] message = (String.join("\r\n", fields) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
    return ControlHeaders.read(HeaderBlock.parse(message), NOW, STREAMS);
  }
}
