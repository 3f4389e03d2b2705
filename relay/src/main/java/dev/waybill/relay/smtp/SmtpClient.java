package dev.waybill.relay.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Opens sessions with hosts. Any thread may call it; opening blocks, so call from virtual threads.
///
/// Closing the client cuts every session off.
public final class SmtpClient implements AutoCloseable {
  private final String heloName;
  private final ClientTimeouts timeouts;
  private final TlsClient tls;
  private final DeadlineKeeper deadlines;
  private final Dialer dialer;

  /// @param heloName our own host name, as EHLO says it where the way there names no other
  /// @param trusted a PEM file of the authorities to trust; empty for those of the Java runtime
  /// @param nanos a monotonic clock in nanoseconds
  public SmtpClient(
      String heloName, ClientTimeouts timeouts, Optional<Path> trusted, LongSupplier nanos) {
    this.heloName = heloName;
    this.timeouts = timeouts;
    this.tls = new TlsClient(trusted);
    this.deadlines = new DeadlineKeeper(nanos);
    this.dialer = new Dialer(deadlines, timeouts.connect());
  }

  /// Connects to one address and opens a session on the connection.
  ///
  /// @param host the host's name, for SNI and for judging its certificate
  /// @param source the local address to connect from; empty leaves it to the system
  public Opening open(
      String host, InetSocketAddress address, Optional<InetAddress> source, TlsPolicy policy) {
    return open(host, new Way(address, source), policy, Optional.empty(), null);
  }

  /// As [#open(String, InetSocketAddress, Optional, TlsPolicy)], proves who we are before the
  /// session is handed out, and writes down what is said.
  ///
  /// @param credentials with what; empty for a host that does not ask
  /// @param dialogue null for nothing to be written down
  public Opening open(
      String host,
      Way way,
      TlsPolicy policy,
      Optional<Credentials> credentials,
      @Nullable Dialogue dialogue) {
    Dialing dialing = dial(List.of(way));
    return dialing
        .line()
        .map(line -> open(host, line, policy, credentials, dialogue))
        .orElseGet(() ->
            new Opening.Failed(
                Stage.CONNECT,
                "%s: %s".formatted(Stage.CONNECT, dialing.failures().get(way.address())),
                false));
  }

  /// Connects to the first of a host's addresses that answers.
  ///
  /// @param ways in the order in which they are tried, at least one
  public Dialing dial(List<Way> ways) {
    return dialer.dial(ways);
  }

  /// Reads the greeting, says EHLO (or HELO) and starts TLS as the policy asks.
  ///
  /// @param host the host's name, for SNI and for judging its certificate
  /// @param line is the session's from now on, or closed
  public Opening open(String host, Dialing.Line line, TlsPolicy policy) {
    return open(host, line, policy, null);
  }

  /// As [#open(String, Dialing.Line, TlsPolicy)], and writes down what is said.
  ///
  /// @param dialogue null for nothing to be written down
  public Opening open(
      String host, Dialing.Line line, TlsPolicy policy, @Nullable Dialogue dialogue) {
    return open(host, line, policy, Optional.empty(), dialogue);
  }

  /// As [#open(String, Dialing.Line, TlsPolicy)], proves who we are, and writes down what is said.
  ///
  /// @param credentials with what; empty for a host that does not ask
  /// @param dialogue null for nothing to be written down
  public Opening open(
      String host,
      Dialing.Line line,
      TlsPolicy policy,
      Optional<Credentials> credentials,
      @Nullable Dialogue dialogue) {
    Progress progress = new Progress();
    try {
      Wire wire = new Wire(line.watch().socket(), line.watch());
      if (dialogue != null) {
        dialogue.note(described(host, line));
        wire.record(dialogue);
      }
      ClientSession session = open(host, line, wire, policy, progress);
      if (credentials.isPresent()) {
        progress.stage = Stage.AUTH;
        session.authenticate(credentials.get());
      }
      wire.record(null);
      return new Opening.Ready(session);
    } catch (IOException failure) {
      line.close();
      boolean inTls = progress.stage == Stage.STARTTLS || failure instanceof SSLException;
      return new Opening.Failed(
          progress.stage, "%s: %s".formatted(progress.stage, words(failure)), inTls);
    } catch (RuntimeException fault) {
      line.close();
      throw fault;
    }
  }

  @Override
  public void close() {
    deadlines.close();
  }

  private static String described(String host, Dialing.Line line) {
    InetSocketAddress address = line.address();
    return "connected to %s [%s] port %d from [%s]"
        .formatted(
            host,
            address.getAddress().getHostAddress(),
            address.getPort(),
            line.watch().socket().getLocalAddress().getHostAddress());
  }

  private static final class Progress {
    private Stage stage = Stage.BANNER;
  }

  private ClientSession open(
      String host, Dialing.Line line, Wire wire, TlsPolicy policy, Progress progress)
      throws IOException {
    if (policy == TlsPolicy.IMPLICIT) {
      progress.stage = Stage.STARTTLS;
      wire.startTls(tls, host, policy, timeouts.handshake());
      progress.stage = Stage.BANNER;
    }
    Reply greeting = wire.readReply(timeouts.banner());
    expect(220, greeting);
    progress.stage = Stage.EHLO;
    String name = line.heloName().orElse(heloName);
    Extensions extensions = hello(wire, name);
    if (policy != TlsPolicy.CLEAR && wire.tls().isEmpty() && extensions.startTls()) {
      progress.stage = Stage.STARTTLS;
      Reply reply = ask(wire, "STARTTLS");
      if (reply.isPositive()) {
        wire.startTls(tls, host, policy, timeouts.handshake());
        // What was said in clear counts no more (RFC 3207 §4.2).
        extensions = hello(wire, name);
      } else {
        // on another connection, mail that may go in clear does so with this as its reason
        throw new IOException(reply.text());
      }
    }
    if (policy.isMandatory() && wire.tls().isEmpty()) {
      progress.stage = Stage.STARTTLS;
      throw new IOException("TLS is required and the host does not offer it");
    }
    return new ClientSession(wire, host, line.address(), greeting, extensions, timeouts);
  }

  /// EHLO, and HELO for hosts that do not know it (RFC 5321 §3.2).
  private Extensions hello(Wire wire, String name) throws IOException {
    Reply reply = ask(wire, "EHLO " + name);
    if (reply.isPositive()) {
      return Extensions.read(reply.lines());
    }
    if (reply.isPermanent()) {
      expect(250, ask(wire, "HELO " + name));
      return Extensions.NONE;
    }
    throw new IOException(reply.text());
  }

  private Reply ask(Wire wire, String command) throws IOException {
    wire.say(ClientSession.line(command), timeouts.banner());
    return wire.readReply(timeouts.banner());
  }

  private static void expect(int code, Reply reply) throws IOException {
    if (reply.code() != code) {
      throw new IOException(reply.text());
    }
  }

  static String words(IOException failure) {
    if (failure instanceof SocketTimeoutException) {
      return "timed out";
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
