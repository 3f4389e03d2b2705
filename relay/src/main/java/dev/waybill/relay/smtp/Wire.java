package dev.waybill.relay.smtp;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// A connection with a deadline on each step. Confined to the session's thread.
final class Wire implements AutoCloseable {
  private final Socket socket;
  private final DeadlineKeeper.Watch watch;
  private ReplyReader reader;
  private OutputStream out;
  private @Nullable SSLSession tls;
  private Optional<String> certificateProblem = Optional.empty();
  private @Nullable Dialogue dialogue;

  Wire(Socket socket, DeadlineKeeper.Watch watch) throws IOException {
    this.socket = socket;
    this.watch = watch;
    this.reader = new ReplyReader(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /// One step with the connection.
  @FunctionalInterface
  interface Step<T> {
    T run() throws IOException;
  }

  /// Where what is said from now on is written down; null for nowhere.
  void record(@Nullable Dialogue into) {
    dialogue = into;
  }

  InetAddress localAddress() {
    return socket.getLocalAddress();
  }

  Reply readReply(Duration limit) throws IOException {
    Reply reply = within(limit, () -> reader.read());
    if (dialogue != null) {
      dialogue.heard(reply);
    }
    return reply;
  }

  /// Writes commands, each ended by CR LF.
  void say(String commands, Duration limit) throws IOException {
    if (dialogue != null) {
      dialogue.said(commands);
    }
    byte[] octets = commands.getBytes(StandardCharsets.UTF_8);
    write(octets, octets.length, limit);
  }

  /// A message of that length is written next, block by block.
  void beginMessage(int octets) {
    if (dialogue != null) {
      dialogue.saidMessage(octets);
    }
  }

  /// All of it was written, with the dot at its end.
  void endMessage() {
    if (dialogue != null) {
      dialogue.said(".");
    }
  }

  void write(byte[] octets, int length, Duration limit) throws IOException {
    watch.begin(limit);
    try {
      out.write(octets, 0, length);
    } catch (IOException failure) {
      throw explained(failure, limit);
    } finally {
      watch.end();
    }
  }

  /// Shakes hands. What the host sent ahead in clear would otherwise be taken for its first words
  /// inside TLS, so it ends the session.
  void startTls(TlsClient client, String host, TlsPolicy policy, Duration limit)
      throws IOException {
    if (reader.hasBuffered()) {
      throw new SmtpProtocolException("the host sent more than its reply to STARTTLS");
    }
    SSLSocket wrapped = client.wrap(socket, host, policy);
    tls =
        within(
            limit,
            () -> {
              wrapped.startHandshake();
              return wrapped.getSession();
            });
    certificateProblem = policy.isAuthenticating() ? Optional.empty() : TlsClient.problem(tls);
    if (dialogue != null) {
      dialogue.note(
          "%s %s, %s"
              .formatted(
                  tls.getProtocol(),
                  tls.getCipherSuite(),
                  certificateProblem.orElse("certificate verified")));
    }
    reader = new ReplyReader(wrapped.getInputStream());
    out = wrapped.getOutputStream();
  }

  Optional<SSLSession> tls() {
    return Optional.ofNullable(tls);
  }

  /// What was wrong with the certificate; empty when nothing was, and in clear.
  Optional<String> certificateProblem() {
    return certificateProblem;
  }

  /// Closes the TCP connection as it is: a TLS close could block behind a write that hangs.
  @Override
  public void close() {
    watch.close();
  }

  private <T> T within(Duration limit, Step<T> step) throws IOException {
    watch.begin(limit);
    try {
      return step.run();
    } catch (IOException failure) {
      throw explained(failure, limit);
    } finally {
      watch.end();
    }
  }

  private IOException explained(IOException failure, Duration limit) {
    return watch.expired()
        ? new IOException("nothing complete within %s".formatted(limit), failure)
        : failure;
  }
}
