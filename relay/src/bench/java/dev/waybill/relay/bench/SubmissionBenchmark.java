package dev.waybill.relay.bench;

import dev.waybill.relay.testing.RunningSubmission;
import dev.waybill.relay.testing.SmtpDialogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// One transaction with the real submission server over loopback: MAIL, RCPT, the reading of DATA,
/// and admission; nothing is stored.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class SubmissionBenchmark {
  @Param({"2 KB", "100 KB"})
  public String size;

  private RunningSubmission server;
  private SmtpDialogue client;
  private Path folder;
  private String data;
  private int count;

  @Setup
  public void start() throws IOException {
    folder = Files.createTempDirectory("bench-submission");
    server = RunningSubmission.start(folder);
    client = new SmtpDialogue("127.0.0.1", server.server().port());
    client.command("EHLO app.example");
    expect(
        "235",
        "AUTH PLAIN "
            + Base64.getEncoder().encodeToString(("\0waybill\0" + server.token()).getBytes()));
    data = Mail.text("example.org", size.equals("2 KB") ? 2_000 : 100_000) + ".";
  }

  @Benchmark
  public void transaction() throws IOException {
    expect("250", "MAIL FROM:<shop@example.org>");
    expect("250", "RCPT TO:<ann@rcpt.example>");
    expect("354", "DATA");
    expect("250", data);
    if (++count % 64 == 0) {
      server.reset();
    }
  }

  private void expect(String code, String command) throws IOException {
    String reply = client.command(command);
    if (!reply.startsWith(code)) {
      throw new IOException(reply);
    }
  }

  @TearDown
  public void stop() throws IOException {
    client.close();
    server.close();
  }
}
