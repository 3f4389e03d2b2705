package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.app.sandbox.SampleMessages.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Submits many copies of the samples as fast as the relay takes them, to `discard@` addresses of
/// several domains.
///
/// Twenty sessions on virtual threads, one command at a time as most programs do it, without TLS:
/// this is loopback.
public final class SampleRun {
  private static final int SESSIONS = 20;
  private static final int PER_CONNECTION = 100;
  private static final int DOMAINS = 10;
  private static final int TIMEOUT_MILLIS = 60_000;

  private final SandboxAccess access;
  private final List<Sample> samples;
  private final AtomicInteger next = new AtomicInteger();

  public SampleRun(SandboxAccess access, List<Sample> samples) {
    this.access = access;
    this.samples = List.copyOf(samples);
  }

  /// Returns when all were accepted.
  ///
  /// @throws IOException when one is refused or a connection breaks
  public void submit(int messages) throws IOException, InterruptedException {
    Crowd.run(SESSIONS, () -> session(messages));
  }

  private Void session(int messages) throws IOException {
    int number = next.getAndIncrement();
    while (number < messages) {
      try (Dialog dialog = new Dialog(access)) {
        for (int sent = 0; sent < PER_CONNECTION && number < messages; sent++) {
          Sample sample = samples.get(number % samples.size());
          dialog.submit(
              "news@" + access.domain(),
              "discard+%d@r%d.example".formatted(number, number % DOMAINS),
              sample.content());
          number = next.getAndIncrement();
        }
      }
    }
    return null;
  }

  /// One connection, signed in.
  private static final class Dialog implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    Dialog(SandboxAccess access) throws IOException {
      socket = new Socket(access.smtp().getAddress(), access.smtp().getPort());
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      out = socket.getOutputStream();
      expect("220");
      say("EHLO app.sandbox.test", "250");
      String secret = "\0" + access.user() + "\0" + access.password();
      say(
          "AUTH PLAIN "
              + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)),
          "235");
    }

    void submit(String sender, String recipient, byte[] content) throws IOException {
      say("MAIL FROM:<" + sender + ">", "250");
      say("RCPT TO:<" + recipient + ">", "250");
      say("DATA", "354");
      out.write(content);
      say(".", "250");
    }

    private void say(String line, String expected) throws IOException {
      out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
      expect(expected);
    }

    private void expect(String code) throws IOException {
      String line = in.readLine();
      while (line != null && line.length() > 3 && line.charAt(3) == '-') {
        line = in.readLine();
      }
      if (line == null || !line.startsWith(code)) {
        throw new IOException("%s (expected: %s)".formatted(line, code));
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
