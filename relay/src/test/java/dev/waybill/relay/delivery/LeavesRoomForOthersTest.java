package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.QueueBench;
import dev.waybill.relay.testing.ScriptedMailHost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real queue before a real engine: what one sender has waiting for a slow site keeps nobody
/// else's mail waiting, there or elsewhere.
class LeavesRoomForOthersTest {
  /// More than the memory holds; `-Dwaybill.fairness.messages=50000` for a longer look.
  private static final int MANY = Integer.getInteger("waybill.fairness.messages", 5_000);

  private static final int READY_LIMIT = MANY * 2 / 5;
  private static final UUID LARGE = new UUID(0, 1);
  private static final UUID SMALL = new UUID(0, 2);
  @TempDir Path dataDir;

  private static void receipt(QueueBench queue, String recipient) {
    queue.accept(queue.message(SMALL, "receipt", Stream.TRANSACTIONAL, null, recipient));
  }

  private static int place(ScriptedMailHost host, String recipient) {
    List<ScriptedMailHost.Received> received = host.received();
    for (int i = 0; i < received.size(); i++) {
      if (received.get(i).rcpt().contains(recipient)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void triesASmallSendersReceiptsAtOnce() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(Options.usual().withMessageRate("20/s"));
        QueueBench queue =
            new QueueBench(
                new DatabaseSettings("jdbc:h2:file:" + dataDir.resolve("db"), "sa", "", 4),
                dataDir,
                MovableClock.standing(),
                new QueueBench.Options(READY_LIMIT, (_, _, _) -> Map.of()))) {
      harness.receives("slow.example");
      harness.dns.zone(
          "quick.example. 60 IN MX 10 mx.quick.example.", "mx.quick.example. 60 IN A 127.0.0.3");
      ScriptedMailHost quick = harness.host("127.0.0.3");
      harness.settlesWith((delivery, outcome) -> {
        var _ = queue.queue.settle(delivery, outcome);
      });
      Thread pump = Thread.ofVirtual().start(() -> pump(queue, harness));
      List<CompletableFuture<Void>> accepts = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        accepts.add(
            queue.queue.accept(
                queue.message(LARGE, "news", Stream.MARKETING, null, "to" + i + "@slow.example")));
      }
      accepts.forEach(CompletableFuture::join);
      assertThat(queue.queue.counts().states().get("queued")).isGreaterThan(MANY / 2L);
      int before = harness.host().received().size();
      receipt(queue, "ann@slow.example");
      receipt(queue, "ann@quick.example");
      await().until(() -> place(quick, "ann@quick.example") >= 0);
      await().until(() -> place(harness.host(), "ann@slow.example") >= 0);
      assertThat(place(harness.host(), "ann@slow.example") - before)
          .as("of %d that wait", MANY)
          .isLessThan(100);
      pump.interrupt();
      harness.engine.stop(Duration.ofSeconds(5));
    }
  }

  private static void pump(QueueBench queue, DeliveryHarness harness) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        ReadyDelivery ready = queue.poll(Duration.ofMillis(100));
        if (ready != null) {
          harness.take(ready);
        }
      }
    } catch (AssertionError interrupted) {
      // the test is over
    }
  }
}
