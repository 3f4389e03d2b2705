package dev.waybill.relay.bench;

import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.smtp.ClientSession;
import dev.waybill.relay.smtp.ClientTimeouts;
import dev.waybill.relay.smtp.Envelope;
import dev.waybill.relay.smtp.Opening;
import dev.waybill.relay.smtp.SmtpClient;
import dev.waybill.relay.smtp.TlsPolicy;
import dev.waybill.relay.smtp.TransactionResult;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
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

/// One transaction of the SMTP client with a host on loopback that takes everything.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class DeliveryBenchmark {
  private static final byte[] END = "\r\n.\r\n".getBytes(StandardCharsets.US_ASCII);

  @Param({"2 KB", "100 KB"})
  public String size;

  private final EmailAddress from = EmailAddress.of("bounces@send.shop.example");
  private final EmailAddress to = EmailAddress.of("ann@rcpt.example");
  private byte[] message;
  private ServerSocket host;
  private SmtpClient client;
  private ClientSession session;

  @Setup
  public void start() throws IOException {
    message = Mail.octets(Mail.text("shop.example", size.equals("2 KB") ? 2_000 : 100_000));
    host = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon(true).start(this::serve);
    client =
        new SmtpClient(
            "relay.example", ClientTimeouts.standard(), Optional.empty(), System::nanoTime);
    Opening opening =
        client.open(
            "mx.rcpt.example",
            new InetSocketAddress(host.getInetAddress(), host.getLocalPort()),
            Optional.empty(),
            TlsPolicy.OPPORTUNISTIC);
    if (!(opening instanceof Opening.Ready(ClientSession ready))) {
      throw new IOException(opening.toString());
    }
    session = ready;
  }

  @Benchmark
  public TransactionResult transaction() {
    return session.send(new Envelope(from, to, false, false, DsnParameters.NONE), message);
  }

  @TearDown
  public void stop() throws IOException {
    session.abandon();
    client.close();
    host.close();
  }

  private void serve() {
    try (Socket socket = host.accept()) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
      OutputStream out = socket.getOutputStream();
      say(out, "220 mx.rcpt.example");
      while (true) {
        String verb = line(in).split("[ :]", 2)[0];
        switch (verb) {
          case "EHLO" -> say(out, "250-mx.rcpt.example\r\n250-PIPELINING\r\n250 8BITMIME");
          case "DATA" -> {
            say(out, "354 go on");
            data(in);
            say(out, "250 2.0.0 taken");
          }
          default -> say(out, "250 2.0.0 ok");
        }
      }
    } catch (IOException gone) {
      // the benchmark has ended
    }
  }

  private static void data(InputStream in) throws IOException {
    int matched = 0;
    while (matched < END.length) {
      int octet = in.read();
      if (octet < 0) {
        throw new IOException("cut");
      }
      matched = octet == END[matched] ? matched + 1 : octet == END[0] ? 1 : 0;
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int octet;
    while ((octet = in.read()) != '\n') {
      if (octet < 0) {
        throw new IOException("closed");
      }
      line.append((char) octet);
    }
    return line.toString().strip();
  }

  private static void say(OutputStream out, String reply) throws IOException {
    out.write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }
}
