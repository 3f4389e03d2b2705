package dev.waybill.relay.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.storage.Database;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.MovableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What outlives a restart and is known to all nodes, on whichever engine the subclass brings.
abstract class SourceUseContract {
  private static final WarmUp WARM_UP =
      new WarmUp(LocalDate.parse("2026-01-02"), WarmUpSchedule.of(List.of(10, 20)));
  private static final SourceAddress ONE =
      new SourceAddress(
          InetAddress.ofLiteral("192.0.2.1"), "relay.example.com", "default", WARM_UP);
  private static final SourceAddress SIX =
      new SourceAddress(
          InetAddress.ofLiteral("2001:db8::1"), "relay.example.com", "default", WARM_UP);

  private final MovableClock clock = MovableClock.standing();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Database database;

  /// An empty one.
  abstract Database database();

  @BeforeEach
  void open() {
    database = database();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private SourceUse node() {
    return SourceUse.open(
        new SourcePools(List.of(ONE, SIX), Map.of()),
        _ -> Duration.ofDays(5),
        database,
        clock,
        meters);
  }

  /// How many of so many tries are granted.
  private int sends(SourceUse node, SourceAddress source, int tries) {
    int granted = 0;
    for (int i = 0; i < tries; i++) {
      if (node.warmUps().take(source.address(), Stream.MARKETING, clock.instant())) {
        granted++;
      }
    }
    return granted;
  }

  private static List<Long> sent(SourceUse node) {
    return node.warmUps().standings().stream().map(WarmUps.Standing::sent).toList();
  }

  @Test
  void aRestartForgetsNothing() {
    SourceUse before = node();
    sends(before, ONE, 4);
    sends(before, SIX, 3);
    before.close();

    SourceUse after = node();
    assertThat(sent(after)).containsExactly(4L, 3L);
    assertThat(sends(after, ONE, 100)).isEqualTo(6);
  }

  @Test
  void aCrashForgetsWhatWasNotWritten() {
    SourceUse before = node();
    sends(before, ONE, 4);
    before.write();
    sends(before, ONE, 2);

    assertThat(sent(node())).containsExactly(4L, 0L);
  }

  @Test
  void nodesShareADaysAllowance() {
    SourceUse here = node();
    SourceUse there = node();
    assertThat(sends(here, ONE, 6)).isEqualTo(6);
    assertThat(sends(there, ONE, 3)).isEqualTo(3);
    here.write();
    there.write();
    here.write();

    assertThat(sent(here)).isEqualTo(sent(there)).containsExactly(9L, 0L);
    assertThat(sends(here, ONE, 5)).isEqualTo(1);
    here.write();
    there.write();
    assertThat(sends(there, ONE, 5)).isZero();
  }

  @Test
  void countsNothingTwice() {
    SourceUse node = node();
    sends(node, ONE, 2);
    node.write();
    node.write();
    sends(node, ONE, 1);
    node.write();

    assertThat(sent(node)).containsExactly(3L, 0L);
    assertThat(sent(node())).containsExactly(3L, 0L);
  }

  @Test
  void aNewDayBeginsAtZero() {
    SourceUse node = node();
    sends(node, ONE, 10);
    node.write();
    sends(node, SIX, 1);
    clock.advance(Duration.ofDays(1));
    node.write();

    assertThat(sent(node)).containsExactly(0L, 0L);
    assertThat(sends(node, ONE, 100)).isEqualTo(20);
    node.write();
    assertThat(sent(node())).containsExactly(20L, 0L);
  }

  @Test
  void keepsWhatTheDatabaseDoesNotTake() {
    SourceUse node = node();
    sends(node, ONE, 10);
    rename("source_use", "elsewhere");
    assertThatThrownBy(node::write).isInstanceOf(RuntimeException.class);
    assertThat(sends(node, ONE, 1)).isZero();
    rename("elsewhere", "source_use");
    node.write();

    assertThat(sent(node)).containsExactly(10L, 0L);
    assertThat(sent(node())).containsExactly(10L, 0L);
  }

  @Test
  void forgetsOldDays() {
    SourceUse node = node();
    sends(node, ONE, 1);
    node.write();
    clock.advance(Duration.ofDays(61));
    sends(node, ONE, 1);
    node.write();

    assertThat(
            database
                .jdbi()
                .<Integer, RuntimeException>withHandle(handle ->
                    handle
                        .createQuery("select count(*) from source_use")
                        .mapTo(Integer.class)
                        .one()))
        .isEqualTo(1);
  }

  @Test
  void showsMeters() {
    SourceUse node = node();
    sends(node, ONE, 10);
    node.warmUps().hold(List.of(ONE), Stream.MARKETING, clock.instant());

    assertThat(meters.get("waybill.source.messages").tag("source", "192.0.2.1").gauge().value())
        .isEqualTo(10);
    assertThat(meters.get("waybill.source.allowance").tag("source", "192.0.2.1").gauge().value())
        .isEqualTo(10);
    assertThat(
            meters.get("waybill.source.postponed").tag("pool", "default").functionCounter().count())
        .isEqualTo(1);
    clock.advance(Duration.ofDays(2));
    assertThat(meters.get("waybill.source.allowance").tag("source", "192.0.2.1").gauge().value())
        .isInfinite();
  }

  private void rename(String from, String to) {
    database.durably(handle -> handle.execute("alter table %s rename to %s".formatted(from, to)));
  }
}
