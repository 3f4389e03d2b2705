package dev.waybill.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.queue.QueueSettings;
import dev.waybill.relay.shaping.ProviderLimits;
import dev.waybill.relay.shaping.Rate;
import dev.waybill.relay.shaping.Shaping;
import dev.waybill.relay.shaping.SiteLimits;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import dev.waybill.relay.tracking.Privacy;
import dev.waybill.relay.tracking.TrackingSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
  private static final Path SHIPPED = Path.of("../config/waybill.yaml");

  @TempDir Path folder;

  @Test
  void theShippedFileWorksAsItIs() {
    Configuration configuration = Configuration.read(SHIPPED, Map.of());
    for (Key<?> key : Keys.all()) {
      configuration.list(key);
    }
    assertThat(configuration.problems(Keys.all())).isEmpty();
  }

  @Test
  void theShippedFileShowsEveryKeyAndNoOther() throws IOException {
    Set<String> shown = new HashSet<>();
    String section = "";
    for (String line : Files.readAllLines(SHIPPED)) {
      if (line.matches("[a-z-]+:\\s*")) {
        section = line.replaceAll(":.*", "") + ".";
      } else if (line.matches("  [a-z-]+:\\s*")) {
        section = section.replaceAll("\\..*", ".") + line.strip().replaceAll(":.*", "") + ".";
      } else if (line.matches("( {2}|^)?( {2})?#[a-z-]+:.*")) {
        int indent = line.indexOf('#');
        String prefix = indent == 0 ? "" : indent == 2 ? section.replaceAll("\\..*", ".") : section;
        shown.add(prefix + line.strip().substring(1).replaceAll(":.*", ""));
      }
    }
    assertThat(shown)
        .containsExactlyInAnyOrderElementsOf(Keys.all().stream().map(Key::name).toList());
  }

  @Test
  void everyDefaultCanBeRead() {
    List<String> wrong = new ArrayList<>();
    for (Key<?> key : Keys.all()) {
      for (String item : key.standard().split(",")) {
        if (!item.isEmpty() && key.kind().reader().apply(item).isEmpty()) {
          wrong.add(key.name() + ": " + item);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyProblemIsReportedAtOnceWithLineKeyValueAndExpectation() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("waybill.yaml"),
            """
            hostname: -nonsense-
            submission:
              listen: 0.0.0.0:70000
              max-message-size: [1MiB, 2MiB]
              lissten-tls: 0.0.0.0:465
            delivery:
              retry:
                first: soon
            secrets:
              master-key: ""
            """);
    Configuration configuration = Configuration.read(file, Map.of("WAYBILL_DELIVERY_PORT", "0"));
    Keys.all().forEach(configuration::list);

    assertThat(configuration.problems(Keys.all()).stream().map(Problem::toString))
        .containsExactlyInAnyOrder(
            "waybill.yaml:1: hostname: -nonsense- (expected: a host name such as mail.example.com)",
            "waybill.yaml:3: submission.listen: 0.0.0.0:70000 (expected: address:port with port"
                + " 0..65535, such as 0.0.0.0:2587 or [::]:2587)",
            "waybill.yaml:4: submission.max-message-size: a list (expected: one value: a size such"
                + " as 25MiB (units B, KiB, MiB, GiB))",
            "waybill.yaml:5: submission.lissten-tls: 0.0.0.0:465 (expected: a known key, perhaps"
                + " submission.listen-tls)",
            "waybill.yaml:8: delivery.retry.first: soon (expected: a duration such as 30s, 5m, 72h"
                + " or 5d)",
            "waybill.yaml:10: secrets.master-key: … (expected: at least 32 characters)",
            "environment WAYBILL_DELIVERY_PORT: delivery.port: 0 (expected: a number from 1 to"
                + " 65535)");
  }

  @Test
  void aKeyWrittenTwiceIsAProblem() throws IOException {
    Path file =
        Files.writeString(folder.resolve("w.yaml"), "hostname: a.example\nhostname: b.example\n");

    assertThat(Configuration.read(file, Map.of()).problems(Keys.all()))
        .singleElement()
        .extracting(Problem::source)
        .isEqualTo("w.yaml:2");
  }

  @Test
  void anUnknownVariableIsAProblem() {
    Configuration configuration =
        Configuration.read(null, Map.of("WAYBILL_HOSTNAEM", "a.example", "WAYBILL_API_KEY", "x"));

    assertThat(configuration.problems(Keys.all()))
        .singleElement()
        .extracting(Problem::source)
        .isEqualTo("environment WAYBILL_HOSTNAEM");
  }

  @Test
  void aMissingFileIsAProblem() {
    assertThat(Configuration.read(folder.resolve("none.yaml"), Map.of()).problems(Keys.all()))
        .singleElement()
        .extracting(Problem::expected)
        .isEqualTo("a file that exists");
  }

  @Test
  void theEnvironmentWinsOverTheFileAndTheFileOverTheDefault() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("waybill.yaml"),
            """
            submission:
              listen: "[::1]:587"
              allow-plaintext-auth: [10.0.0.0/8, 192.168.0.0/16]
            delivery:
              retry: {first: 90s, longest: 2h}
            """);
    Path secret = Files.writeString(folder.resolve("secret"), "0123456789abcdef0123456789abcdef\n");
    Map<String, String> environment = new HashMap<>();
    environment.put("WAYBILL_DELIVERY_RETRY_LONGEST", "3h");
    environment.put("WAYBILL_SECRETS_MASTER_KEY_FILE", secret.toString());
    Configuration configuration = Configuration.read(file, environment);

    assertThat(configuration.get(Keys.SUBMISSION_LISTEN))
        .isEqualTo(new InetSocketAddress("::1", 587));
    assertThat(configuration.list(Keys.SUBMISSION_ALLOW_PLAINTEXT_AUTH)).hasSize(2);
    assertThat(configuration.get(Keys.DELIVERY_RETRY_FIRST)).isEqualTo(Duration.ofSeconds(90));
    assertThat(configuration.get(Keys.DELIVERY_RETRY_LONGEST)).isEqualTo(Duration.ofHours(3));
    assertThat(configuration.get(Keys.DELIVERY_RETRY_LIFETIME)).isEqualTo(Duration.ofDays(5));
    assertThat(configuration.optional(Keys.MASTER_KEY))
        .contains("0123456789abcdef0123456789abcdef");
    assertThat(configuration.get(Keys.SUBMISSION_MAX_MESSAGE_SIZE)).isEqualTo(25L << 20);
    assertThat(configuration.problems(Keys.all())).isEmpty();
  }

  @Test
  void streamsHaveNamesOfTheOperatorsOwn() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("waybill.yaml"),
            """
            streams:
              weekly-news:
                kind: marketing
                title: Weekly news
                retry: {lifetime: 1d}
                retention: 7d
              transactional:
                retention: 14d
            """);
    Map<String, String> environment =
        Map.of(
            "WAYBILL_STREAMS_WEEKLY_NEWS_RETRY_FIRST", "5m",
            "WAYBILL_STREAMS_ALERTS_KIND", "transactional",
            "WAYBILL_STREAMS_ALERTS_RETRY_LIFETIME", "9d");

    assertThat(new SettingsReader(Configuration.read(file, environment)).read())
        .isInstanceOfSatisfying(
            SettingsReader.Outcome.Settled.class,
            settled -> {
              Stream news = new Stream("weekly-news", Stream.Kind.MARKETING);
              Stream alerts = new Stream("alerts", Stream.Kind.TRANSACTIONAL);
              assertThat(settled.settings().streams().all())
                  .containsExactly(
                      new Streams.Configured(Stream.TRANSACTIONAL, ""),
                      new Streams.Configured(Stream.MARKETING, ""),
                      new Streams.Configured(news, "Weekly news"),
                      new Streams.Configured(alerts, ""));
              QueueSettings queue = settled.settings().queue();
              assertThat(queue.retryOf(news).first()).isEqualTo(Duration.ofMinutes(5));
              assertThat(queue.retryOf(news).lifetime()).isEqualTo(Duration.ofDays(1));
              assertThat(queue.retryOf(Stream.MARKETING)).isEqualTo(queue.retry());
              assertThat(queue.retentionOf(news)).isEqualTo(Duration.ofDays(7));
              assertThat(queue.retentionOf(alerts)).isEqualTo(Duration.ofDays(30));
              // keys must outlive the mail that they signed
              assertThat(queue.longestLifetime()).isEqualTo(Duration.ofDays(9));
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          news: {title: News}                    | streams: streams.news.kind is not set (expected: transactional, marketing)
          news: {kind: bulk}                     | streams.news.kind: bulk (expected: transactional, marketing)
          News: {kind: marketing}                | streams: stream "News" (expected: 1 to 32 of a-z, 0-9 and -, beginning with a letter)
          marketing: {kind: transactional}       | kind of the built-in stream marketing: transactional (expected: marketing)
          news: {kind: marketing, retention: 90d}| retention of stream news: PT2160H (expected: at most that of all, PT720H)
          news: {kind: marketing, retries: 3}    | streams.news.retries: 3 (expected: a known key)
          """)
  void namesWhatIsWrongWithAStream(String written, String problem) throws IOException {
    Path file = Files.writeString(folder.resolve("waybill.yaml"), "streams:\n  " + written);

    assertThat(new SettingsReader(Configuration.read(file, Map.of())).read())
        .isInstanceOfSatisfying(
            SettingsReader.Outcome.Wrong.class,
            wrong -> assertThat(wrong.problems().toString()).contains(problem));
  }

  @Test
  void shapingHasTheOperatorsWordForSingleProviders() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("waybill.yaml"),
            """
            delivery:
              shaping:
                yahoo: {connections: 30, message-rate: 100/m, total-message-rate: 3/s}
                generic: {back-off: 2m}
            """);
    assertThat(
            new SettingsReader(
                    Configuration.read(
                        file,
                        Map.of(
                            "WAYBILL_DELIVERY_SHAPING_YAHOO_BACK_OFF",
                            "30s",
                            "WAYBILL_DELIVERY_SHAPING_GOOGLE_TOTAL_CONNECTIONS",
                            "99")))
                .read())
        .isInstanceOfSatisfying(
            SettingsReader.Outcome.Settled.class,
            settled -> {
              SiteLimits usual =
                  new SiteLimits(
                      20,
                      100,
                      Rate.UNLIMITED,
                      Rate.UNLIMITED,
                      Duration.ZERO,
                      Duration.ofMinutes(1));
              Shaping shaping = settled.settings().delivery().shaping();
              assertThat(shaping.limits("yahoo", usual).connections()).isEqualTo(30);
              assertThat(shaping.limits("yahoo", usual).messageRate())
                  .isEqualTo(new Rate(100 / 60.0));
              assertThat(shaping.limits("yahoo", usual).backOff())
                  .isEqualTo(Duration.ofSeconds(30));
              assertThat(shaping.limits("somebody", usual).backOff())
                  .isEqualTo(Duration.ofMinutes(2));
              assertThat(shaping.totals("yahoo"))
                  .isEqualTo(new ProviderLimits(30, new Rate(6), new Rate(3)));
              assertThat(shaping.totals("google").connections()).isEqualTo(99);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gogle: {connections: 5}      | delivery.shaping: gogle (expected: generic or barracuda, fastmail, gmx, google,
          yahoo: {message-rate: 20}    | delivery.shaping.yahoo.message-rate: 20 (expected: a rate such as 20/s, 100/m or 1000/h, or unlimited)
          yahoo: {connections: 0}      | delivery.shaping.yahoo.connections: 0 (expected: a number from 1 to 1000)
          yahoo: {back-off: 1h}        | delivery.shaping.yahoo.back-off: 1h (expected: a duration from 1s to 10m)
          yahoo: {idle: 6m}            | delivery.shaping.yahoo.idle: 6m (expected: a duration from 0s to 5m)
          yahoo: {total-connections: 0} | delivery.shaping.yahoo.total-connections: 0 (expected: a number from 1 to 100000)
          generic: {total-connections: 9} | delivery.shaping.generic.total-connections: 9 (expected: a known key, perhaps delivery.total-connections)
          yahoo: {rate: 20/s}          | delivery.shaping.yahoo.rate: 20/s (expected: a known key)
          """)
  void namesWhatIsWrongWithShaping(String written, String problem) throws IOException {
    Path file =
        Files.writeString(folder.resolve("waybill.yaml"), "delivery:\n  shaping:\n    " + written);

    assertThat(new SettingsReader(Configuration.read(file, Map.of())).read())
        .isInstanceOfSatisfying(
            SettingsReader.Outcome.Wrong.class,
            wrong -> assertThat(wrong.problems().toString()).contains(problem));
  }

  @Test
  void tlsForLinksNeedsCertificates() {
    assertThat(
            new SettingsReader(
                    Configuration.read(null, Map.of("WAYBILL_TRACKING_LISTEN_TLS", "0.0.0.0:8443")))
                .read())
        .isInstanceOfSatisfying(
            SettingsReader.Outcome.Wrong.class,
            wrong ->
                assertThat(wrong.problems().toString()).contains("tracking.certificates is not"));
  }

  @Test
  void theTrackingHostsAreThoseOfTheSettings() {
    Map<String, String> environment =
        Map.of(
            "WAYBILL_HOSTNAME", "relay.example.com",
            "WAYBILL_DOMAINS_TRACKING_HOST", "track.example.com",
            "WAYBILL_TRACKING_URL", "https://Links.example.com:8443",
            "WAYBILL_TRACKING_PRIVACY", "hashed",
            "WAYBILL_TRACKING_LISTEN_TLS", "127.0.0.1:0",
            "WAYBILL_TRACKING_CERTIFICATES", "/etc/waybill/certificates");

    assertThat(new SettingsReader(Configuration.read(null, environment)).read())
        .isInstanceOfSatisfying(
            SettingsReader.Outcome.Settled.class,
            settled -> {
              TrackingSettings tracking = settled.settings().tracking();
              assertThat(tracking.hosts())
                  .containsExactlyInAnyOrder(
                      "relay.example.com", "track.example.com", "links.example.com");
              assertThat(tracking.privacy()).isEqualTo(Privacy.HASHED);
              assertThat(tracking.secure()).isPresent();
            });
  }
}
