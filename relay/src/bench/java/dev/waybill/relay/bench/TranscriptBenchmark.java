package dev.waybill.relay.bench;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.smtp.Dialogue;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.transcripts.Attempt;
import dev.waybill.relay.transcripts.TranscriptSettings;
import dev.waybill.relay.transcripts.Transcripts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A delivered copy's transcript from the first word to the file beside the embedded database, one
/// after the other: all that transcripts cost.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class TranscriptBenchmark {
  private static final int AT_ONCE = 2_000;
  private static final int PER_CONNECTION = 100;

  @Param({"3d", "0s"})
  public String kept;

  private Path folder;
  private Database database;
  private long number;

  @Setup
  public void start() throws IOException {
    folder = Files.createTempDirectory("transcripts");
    database =
        Database.open(new DatabaseSettings("jdbc:h2:" + folder.resolve("waybill"), "sa", "", 2));
  }

  @Benchmark
  @OperationsPerInvocation(AT_ONCE)
  public void attempts() throws IOException {
    TranscriptSettings settings =
        kept.equals("0s") ? TranscriptSettings.OFF : new TranscriptSettings(Duration.ofDays(3), 256 << 20);
    try (Transcripts transcripts =
        Transcripts.open(
            settings,
            database,
            folder,
            new Transcripts.Surroundings(
                InstantSource.system(), () -> true, new SimpleMeterRegistry()))) {
      Dialogue connection = connection();
      for (int i = 0; i < AT_ONCE; i++) {
        connection = i % PER_CONNECTION == 0 ? connection() : connection;
        transcripts.keep(attempt(connection));
      }
    }
  }

  @TearDown
  public void stop() {
    database.close();
  }

  private Attempt attempt(Dialogue connection) {
    number++;
    long began = System.nanoTime();
    Dialogue transaction = new Dialogue(System::nanoTime);
    String reply = "250 2.0.0 Ok: queued as " + Long.toHexString(number * 0x9E3779B97F4A7C15L);
    transaction.note(
        "MAIL FROM:<bounces+iact74ztkz5k77mys3hothgk2hxnj7srlgua3k2gma%xg5ja@send.shop.example> SIZE=2967"
            .replace("%x", Long.toHexString(number * 0xD6E8FEB86659FD93L)));
    transaction.note("RCPT TO:<ann@reader.example>");
    transaction.note("DATA");
    transaction.note("250 2.1.0 Ok");
    transaction.note("250 2.1.5 Ok");
    transaction.note("354 End data with <CR><LF>.<CR><LF>");
    transaction.note("<2,967 octets>");
    transaction.note(".");
    transaction.note(reply);
    return new Attempt(
        new DeliveryKey(new UUID(number * 0x9E3779B97F4A7C15L, number), 0),
        1,
        new Attempt.Ending("delivered", reply),
        began,
        System.nanoTime(),
        List.of(
            new Attempt.Part(Attempt.Kind.EARLIER_CONNECTION, connection),
            new Attempt.Part(Attempt.Kind.TRANSACTION, transaction)));
  }

  private static Dialogue connection() {
    Dialogue connection = new Dialogue(System::nanoTime);
    connection.note("connected to mx.reader.example [192.0.2.1] port 25 from [192.0.2.2]");
    connection.note("220 mx.reader.example ESMTP");
    for (int hello = 0; hello < 2; hello++) {
      connection.note("EHLO relay.shop.example");
      for (String word : List.of("PIPELINING", "SIZE 52428800", "8BITMIME", "DSN", "SMTPUTF8")) {
        connection.note("250-" + word);
      }
    }
    return connection;
  }
}
