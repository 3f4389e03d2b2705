package dev.waybill.relay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.SourcePools;
import dev.waybill.relay.sources.WarmUp;
import dev.waybill.relay.sources.WarmUpSchedule;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcesByConfigurationTest {
  @TempDir Path folder;

  private SettingsReader.Outcome read(String written, Map<String, String> environment)
      throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("waybill.yaml"), "hostname: relay.example.com\n" + written);
    return new SettingsReader(Configuration.read(file, environment)).read();
  }

  private RelaySettings settled(String written, Map<String, String> environment)
      throws IOException {
    return switch (read(written, environment)) {
      case SettingsReader.Outcome.Settled(RelaySettings settings) -> settings;
      case SettingsReader.Outcome.Wrong(List<Problem> problems) ->
          throw new AssertionError(problems.toString());
    };
  }

  private static SourceAddress source(String address, String helo, String pool) {
    return new SourceAddress(InetAddress.ofLiteral(address), helo, pool);
  }

  @Test
  void sourcesHaveNamesAndPoolsOfTheirOwn() throws IOException {
    RelaySettings settings =
        settled(
            """
            delivery:
              helo: out.example.com
              source-addresses: [192.0.2.10]
              sources:
                letters:
                  address: 192.0.2.11
                  address6: 2001:db8::11
                  helo: news.example.com
                  pool: news
                spare: {address: 192.0.2.12}
            streams:
              marketing: {pool: news}
              transactional: {pool: default}
            """,
            Map.of(
                "WAYBILL_DELIVERY_SOURCES_EXTRA_ADDRESS", "192.0.2.13",
                "WAYBILL_DELIVERY_SOURCES_EXTRA_POOL", "news"));

    assertThat(settings.delivery().sources())
        .isEqualTo(
            new SourcePools(
                List.of(
                    source("192.0.2.10", "out.example.com", "default"),
                    source("192.0.2.11", "news.example.com", "news"),
                    source("2001:db8::11", "news.example.com", "news"),
                    source("192.0.2.12", "out.example.com", "default"),
                    source("192.0.2.13", "out.example.com", "news")),
                Map.of("marketing", "news", "transactional", "default")));
    assertThat(settings.plan().spfMechanisms())
        .containsExactly(
            "ip4:192.0.2.10",
            "ip4:192.0.2.11",
            "ip6:2001:db8:0:0:0:0:0:11",
            "ip4:192.0.2.12",
            "ip4:192.0.2.13");
  }

  @Test
  void newAddressesAreWarmedUp() throws IOException {
    RelaySettings settings =
        settled(
            """
            delivery:
              sources:
                letters: {address: 192.0.2.11, address6: 2001:db8::11, warm-up: 2026-12-01}
                receipts:
                  address: 192.0.2.12
                  warm-up: 2026-12-05
                  warm-up-messages: [20, 1_000]
                known: {address: 192.0.2.13}
            """,
            Map.of());

    WarmUp usual = new WarmUp(LocalDate.parse("2026-12-01"), WarmUpSchedule.standard());
    assertThat(settings.delivery().sources().addresses())
        .extracting(SourceAddress::warmUp)
        .containsExactly(
            usual,
            usual,
            new WarmUp(LocalDate.parse("2026-12-05"), WarmUpSchedule.of(List.of(20, 1000))),
            null);
  }

  @Test
  void spfNamesThisHostTooWhereTheSystemPicks() throws IOException {
    assertThat(settled("", Map.of()).plan().spfMechanisms()).containsExactly("a:relay.example.com");
    assertThat(
            settled("delivery: {sources: {b: {address: 192.0.2.11, pool: news}}}", Map.of())
                .plan()
                .spfMechanisms())
        .containsExactly("a:relay.example.com", "ip4:192.0.2.11");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          b: {address: nonsense}      | delivery.sources.b.address: nonsense (expected: an IPv4 address of one interface, such as 192.0.2.1)
          b: {address: 2001:db8::1}   | delivery.sources.b.address: 2001:db8::1 (expected: an IPv4 address of one interface
          b: {address: 0.0.0.0}       | delivery.sources.b.address: 0.0.0.0 (expected: an IPv4 address of one interface
          b: {address6: 192.0.2.1}    | delivery.sources.b.address6: 192.0.2.1 (expected: an IPv6 address of one interface, such as 2001:db8::1)
          b: {address: 192.0.2.10}    | delivery.sources.b.address: 192.0.2.10 (expected: each address once; 192.0.2.10 is in delivery.source-addresses already)
          b: {helo: b.example.com}    | delivery.sources.b.address: not set (expected: an IPv4 address of one interface
          b: {address: 192.0.2.1, helo: not a name} | delivery.sources.b.helo: not a name (expected: a host name such as mail.example.com)
          b: {address: 192.0.2.1, pool: A pool}     | delivery.sources.b.pool: A pool (expected: 1 to 32 of a-z, 0-9 and -, beginning with a letter)
          B_b: {address: 192.0.2.1}   | delivery.sources.B_b.address: 192.0.2.1 (expected: a source's name of 1 to 32 of a-z, 0-9 and -, beginning with a letter)
          b: {address: 192.0.2.1, warm-up: 31.12.2026}  | delivery.sources.b.warm-up: 31.12.2026 (expected: a day such as 2026-12-01)
          b: {address: 192.0.2.1, warm-up: 2026-02-30}  | delivery.sources.b.warm-up: 2026-02-30 (expected: a day such as 2026-12-01)
          b: {address: 192.0.2.1, warm-up-messages: 50} | delivery.sources.b.warm-up: not set (expected: a day such as 2026-12-01)
          b: {address: 192.0.2.1, warm-up: 2026-12-01, warm-up-messages: [50, 0]} | delivery.sources.b.warm-up-messages: 0 (expected: a number from 1 to 1000000000)
          b: {address: 192.0.2.1, warm-up: 2026-12-01, warm-up-messages: []}      | delivery.sources.b.warm-up-messages:  (expected: messages of one day or more)
          b: {adress: 192.0.2.1}      | delivery.sources.b.adress: 192.0.2.1 (expected: a known key
          """)
  void namesWhatIsWrongWithASource(String written, String problem) throws IOException {
    assertThat(
            read(
                "delivery:\n  source-addresses: [192.0.2.10]\n  sources:\n    " + written,
                Map.of()))
        .isInstanceOfSatisfying(
            SettingsReader.Outcome.Wrong.class,
            wrong -> assertThat(wrong.problems().toString()).contains(problem));
  }

  @Test
  void aStreamsPoolHasToExist() throws IOException {
    assertThat(
            read(
                """
                delivery: {sources: {b: {address: 192.0.2.11, pool: news}}}
                streams: {marketing: {pool: letters}}
                """,
                Map.of()))
        .isInstanceOfSatisfying(
            SettingsReader.Outcome.Wrong.class,
            wrong ->
                assertThat(wrong.problems())
                    .extracting(Problem::toString)
                    .singleElement()
                    .asString()
                    .contains(
                        "waybill.yaml:3",
                        "streams.marketing.pool: letters"
                            + " (expected: a pool of delivery.sources: default, news)"));
  }

  @Test
  void refusesWhatCannotBe() {
    SourceAddress one = source("192.0.2.10", "relay.example.com", "default");
    assertThatThrownBy(() -> new SourcePools(List.of(one, one), Map.of()))
        .hasMessage("source 192.0.2.10 (expected: each address once)");
    assertThatThrownBy(() -> new SourcePools(List.of(one), Map.of("marketing", "news")))
        .hasMessage("pool of stream marketing: news (expected: default)");
    assertThatThrownBy(() -> source("224.0.0.1", "relay.example.com", "default"))
        .hasMessage("source 224.0.0.1 (expected: an address of one interface)");
  }
}
