package dev.waybill.relay.submission;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/// What a load balancer says first: whose connection it passes on (the PROXY protocol, versions 1
/// and 2). Stateless.
///
/// Exactly the header's octets are taken from the connection; whatever follows is the client's.
final class ProxyHeader {
  /// Enough for the addresses and what balancers add to them.
  private static final int MAX_LENGTH = 4_096;

  private static final int MAX_LINE = 107;
  private static final byte[] SIGNATURE = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };
  private static final int FIXED = SIGNATURE.length + 4;

  private ProxyHeader() {}

  /// Takes the header off a connection of which nothing was read.
  ///
  /// @param deadline on the clock of [Connection#now]
  /// @return the client's address; empty when the balancer speaks for itself or does not know
  /// @throws IOException when something else came, or nothing in time
  static Optional<InetAddress> read(Connection connection, long deadline) throws IOException {
    byte[] start = new byte[SIGNATURE.length];
    fill(connection, start, 0, deadline);
    return client(
        Arrays.equals(start, SIGNATURE)
            ? binary(connection, start, deadline)
            : line(connection, start, deadline));
  }

  private static byte[] binary(Connection connection, byte[] start, long deadline)
      throws IOException {
    byte[] fixed = Arrays.copyOf(start, FIXED);
    fill(connection, fixed, start.length, deadline);
    int length = (fixed[FIXED - 2] & 0xFF) << 8 | fixed[FIXED - 1] & 0xFF;
    if (FIXED + length > MAX_LENGTH) {
      throw new IOException(
          "a PROXY header of %d octets (expected: at most %d)"
              .formatted(FIXED + length, MAX_LENGTH));
    }
    byte[] header = Arrays.copyOf(fixed, FIXED + length);
    fill(connection, header, FIXED, deadline);
    return header;
  }

  /// Octet by octet, since nothing behind the line may be taken.
  private static byte[] line(Connection connection, byte[] start, long deadline)
      throws IOException {
    byte[] line = Arrays.copyOf(start, MAX_LINE);
    int length = start.length;
    while (line[length - 2] != '\r' || line[length - 1] != '\n') {
      if (line[0] != 'P' || length == MAX_LINE) {
        throw new IOException("no PROXY header where one was expected");
      }
      if (connection.receive(line, length, 1, deadline) < 0) {
        throw new EOFException("closed within the PROXY header");
      }
      length++;
    }
    return Arrays.copyOf(line, length);
  }

  private static void fill(Connection connection, byte[] into, int from, long deadline)
      throws IOException {
    int filled = from;
    while (filled < into.length) {
      int count = connection.receive(into, filled, into.length - filled, deadline);
      if (count < 0) {
        throw new EOFException("closed within the PROXY header");
      }
      filled += count;
    }
  }

  private static Optional<InetAddress> client(byte[] header) throws IOException {
    EmbeddedChannel decoder = new EmbeddedChannel(new HAProxyMessageDecoder());
    try {
      decoder.writeInbound(Unpooled.wrappedBuffer(header));
      HAProxyMessage message = decoder.readInbound();
      if (message == null) {
        throw new IOException("a PROXY header that ends too early");
      }
      try {
        return address(message);
      } finally {
        message.release();
      }
    } catch (DecoderException | IllegalArgumentException malformed) {
      throw new IOException("a malformed PROXY header: " + malformed.getMessage(), malformed);
    } finally {
      decoder.finishAndReleaseAll();
    }
  }

  private static Optional<InetAddress> address(HAProxyMessage message) {
    AddressFamily family = message.proxiedProtocol().addressFamily();
    boolean known = family == AddressFamily.AF_IPv4 || family == AddressFamily.AF_IPv6;
    return known
        ? Optional.ofNullable(message.sourceAddress()).map(InetAddress::ofLiteral)
        : Optional.empty();
  }
}
