package dev.waybill.relay.submission;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// One client's socket, in clear or encrypted, with a time limit on everything it does.
///
/// Confined to the session's thread but for [#abortIfOverdue], [#endInput] and [#abort], which any
/// thread may call. Replies are gathered and go out before the next octet is waited for, so that a
/// pipelined transaction (RFC 2920) costs one write.
final class Connection {
  /// Never ends a transfer that the socket's own time-out would still end politely.
  private static final long MARGIN = 5_000_000_000L;

  private static final long NEVER = Long.MIN_VALUE;
  private static final int MAX_LINGER = 4 * 1024 * 1024;

  private final Socket raw;
  private final SubmissionSettings.Timeouts timeouts;
  private final LongSupplier nanos;
  private final StringBuilder replies = new StringBuilder();
  private InetAddress client;
  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private boolean secure;
  private volatile long overdueAt = NEVER;

  Connection(Socket raw, SubmissionSettings.Timeouts timeouts, LongSupplier nanos)
      throws IOException {
    this.raw = raw;
    this.timeouts = timeouts;
    this.nanos = nanos;
    this.client = raw.getInetAddress();
    this.socket = raw;
    this.in = raw.getInputStream();
    this.out = raw.getOutputStream();
    raw.setTcpNoDelay(true);
  }

  /// Who is served: the other end, or whom a load balancer there speaks for.
  InetAddress client() {
    return client;
  }

  /// The other end is a load balancer and this is its client, see [ProxyHeader].
  void passedOnFor(InetAddress other) {
    client = other;
  }

  boolean secure() {
    return secure;
  }

  long now() {
    return nanos.getAsLong();
  }

  /// Encrypts from here on (RFC 3207 §4).
  ///
  /// @throws IOException when the handshake fails or takes too long
  void startTls(SSLContext context) throws IOException {
    flush();
    SSLSocket encrypted =
        (SSLSocket) context.getSocketFactory().createSocket(raw, (InputStream) null, true);
    SSLParameters parameters = encrypted.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    parameters.setUseCipherSuitesOrder(true);
    encrypted.setSSLParameters(parameters);
    encrypted.setSoTimeout(millis(timeouts.handshake().toNanos()));
    overdueAt = now() + timeouts.handshake().toNanos();
    try {
      encrypted.startHandshake();
    } finally {
      overdueAt = NEVER;
    }
    socket = encrypted;
    in = encrypted.getInputStream();
    out = encrypted.getOutputStream();
    secure = true;
  }

  /// Adds a line to what goes out with the next [#flush].
  void send(String line) {
    replies.append(line).append("\r\n");
  }

  void flush() throws IOException {
    if (replies.isEmpty()) {
      return;
    }
    byte[] octets = replies.toString().getBytes(StandardCharsets.US_ASCII);
    replies.setLength(0);
    overdueAt = now() + timeouts.idle().toNanos();
    try {
      out.write(octets);
      out.flush();
    } finally {
      overdueAt = NEVER;
    }
  }

  /// Waits for octets, at most as long as a client may be silent and not beyond the deadline.
  ///
  /// @param deadline on the clock of [#now]
  /// @return how many octets were read, or -1 when the client closed its side
  /// @throws SocketTimeoutException when none came in time
  int receive(byte[] into, int offset, int length, long deadline) throws IOException {
    flush();
    long began = now();
    long wait = Math.min(timeouts.idle().toNanos(), deadline - began);
    if (wait <= 0) {
      throw new SocketTimeoutException("deadline passed");
    }
    socket.setSoTimeout(millis(wait));
    overdueAt = began + wait + MARGIN;
    try {
      return in.read(into, offset, length);
    } finally {
      overdueAt = NEVER;
    }
  }

  /// Closes the socket when it took longer than allowed: for a client that takes no replies, or
  /// that feeds a TLS record octet by octet, which no socket time-out ends.
  void abortIfOverdue() {
    long due = overdueAt;
    if (due != NEVER && now() - due > 0) {
      abort();
    }
  }

  /// Lets the session's thread see the end of the client's input.
  void endInput() {
    try {
      raw.shutdownInput();
    } catch (IOException gone) {
      abort();
    }
  }

  void abort() {
    try {
      raw.close();
    } catch (IOException _) {
      // nothing is left to close
    }
  }

  /// Sends what waits and closes. Inside TLS the output ends first: a plain close of the JDK's
  /// socket says user_canceled, which several clients log as an error of every session.
  void close() {
    try (Socket closing = socket) {
      flush();
      if (secure && !closing.isOutputShutdown()) {
        closing.shutdownOutput();
      }
    } catch (IOException gone) {
      abort();
    }
  }

  /// Sends what waits and gives a client that is still sending a moment to read it: closing at once
  /// would reset the connection and destroy the reply.
  void closeAfterReading() {
    try {
      flush();
      socket.shutdownOutput();
      byte[] ignored = new byte[16 * 1024];
      long deadline = now() + 2_000_000_000L;
      int total = 0;
      int count = 0;
      while (count >= 0 && total < MAX_LINGER) {
        count = receive(ignored, 0, ignored.length, deadline);
        total += count;
      }
    } catch (IOException gone) {
      abort();
    }
    close();
  }

  private static int millis(long nanos) {
    return (int) Math.clamp(nanos / 1_000_000, 1, Integer.MAX_VALUE);
  }
}
