package dev.waybill.relay.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsTest {
  private static final Stream NEWS = new Stream("weekly-news", Stream.Kind.MARKETING);
  private static final Stream ALERTS = new Stream("alerts", Stream.Kind.TRANSACTIONAL);

  private final Streams streams =
      Streams.of(
          List.of(new Streams.Configured(NEWS, "Weekly news"), new Streams.Configured(ALERTS, "")));

  @Test
  void hasTheBuiltInOnesBesideThoseOfTheConfiguration() {
    assertThat(streams.all())
        .extracting(Streams.Configured::stream)
        .containsExactly(Stream.TRANSACTIONAL, Stream.MARKETING, NEWS, ALERTS);
    assertThat(streams.find("WEEKLY-news")).contains(NEWS);
    assertThat(streams.find("offers")).isEmpty();
    assertThat(streams.names()).isEqualTo("transactional, marketing, weekly-news or alerts");
    assertThat(Streams.builtIn().names()).isEqualTo("transactional or marketing");
  }

  @Test
  void aListIsKnownByItsTitleOrElseItsName() {
    assertThat(streams.titleOf("weekly-news")).isEqualTo("Weekly news");
    assertThat(streams.titleOf("gone-since")).isEqualTo("gone-since");
    assertThat(streams.titleOf("marketing")).isEmpty();
  }

  @Test
  void oneUnsubscribesFromAListOrFromAllOfThem() {
    assertThat(NEWS.unsubscribeScope()).isEqualTo("weekly-news");
    assertThat(ALERTS.unsubscribeScope()).isEqualTo("marketing");
    assertThat(Stream.TRANSACTIONAL.unsubscribeScope()).isEqualTo("marketing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "News", "1news", "-news", "news letter", "nëws", "a.b"})
  void refusesANameThatIsNone(String name) {
    assertThatThrownBy(() -> new Stream(name, Stream.Kind.MARKETING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("stream \"" + name + "\" (expected: 1 to 32 of a-z, 0-9 and -");
  }

  @Test
  void boundsNamesAndNumbers() {
    assertThat(Stream.isName("a".repeat(32))).isTrue();
    assertThat(Stream.isName("a".repeat(33))).isFalse();
    List<Streams.Configured> many =
        IntStream.range(0, 99)
            .mapToObj(
                i -> new Streams.Configured(new Stream("s" + i, Stream.Kind.TRANSACTIONAL), ""))
            .toList();
    assertThatThrownBy(() -> Streams.of(many)).hasMessage("101 streams (expected: at most 100)");
  }

  @Test
  void aBuiltInStreamKeepsItsKindAndHasNoTitle() {
    assertThatThrownBy(() -> new Stream("marketing", Stream.Kind.TRANSACTIONAL))
        .hasMessageContaining("built-in stream marketing: transactional (expected: marketing)");
    assertThatThrownBy(() -> new Streams.Configured(Stream.MARKETING, "All"))
        .hasMessageContaining("title \"All\" (expected: none");
    assertThatThrownBy(() -> new Streams.Configured(ALERTS, "Alerts"))
        .hasMessageContaining("title \"Alerts\" (expected: none");
  }
}
