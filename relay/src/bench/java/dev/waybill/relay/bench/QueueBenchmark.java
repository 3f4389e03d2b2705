package dev.waybill.relay.bench;

import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.QueueBench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The queue on H2 on this disk: a hundred messages accepted durably at once, handed over, and
/// settled. Time of one message.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class QueueBenchmark {
  private static final int BATCH = 100;
  private static final AttemptOutcome DELIVERED =
      new AttemptOutcome.Delivered(
          new AttemptOutcome.Peer("mx.rcpt.example", "192.0.2.1", null), "250 2.0.0 Ok");

  private final String body = Mail.text("sender.example", 2_000);
  private QueueBench bench;

  @Setup
  public void start() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "bench-queue");
    bench =
        new QueueBench(
            new DatabaseSettings("jdbc:h2:file:" + folder.resolve("waybill"), "sa", "", 10),
            folder,
            new MovableClock(Instant.EPOCH),
            QueueBench.Options.usual());
  }

  @TearDown
  public void stop() {
    bench.close();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void acceptAndSettle() {
    List<CompletableFuture<Void>> accepted = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      accepted.add(bench.queue.accept(bench.message(body, "ann@rcpt.example")));
    }
    accepted.forEach(CompletableFuture::join);
    List<CompletableFuture<?>> settled = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      ReadyDelivery ready = bench.next();
      settled.add(bench.queue.settle(ready, DELIVERED).toCompletableFuture());
    }
    settled.forEach(CompletableFuture::join);
  }
}
