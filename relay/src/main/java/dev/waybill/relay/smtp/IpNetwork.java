package dev.waybill.relay.smtp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;

/// A block of IP addresses in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3).
///
/// Immutable; any thread may use it.
///
/// @param base the block's first address; bits behind the prefix must be zero
/// @param prefixLength how many leading bits all its addresses share
public record IpNetwork(InetAddress base, int prefixLength) {
  public IpNetwork {
    Objects.requireNonNull(base, "base");
    int bits = base.getAddress().length * 8;
    if (prefixLength < 0 || prefixLength > bits) {
      throw new IllegalArgumentException(
          "prefix length %d of %s (expected: 0..%d)"
              .formatted(prefixLength, base.getHostAddress(), bits));
    }
    if (firstSetBit(base.getAddress(), prefixLength, bits) != bits) {
      throw new IllegalArgumentException(
          "%s/%d (expected: no bits set behind the prefix)"
              .formatted(base.getHostAddress(), prefixLength));
    }
  }

  /// Reads `10.0.0.0/8`, `fd00::/8`, or one address without a prefix; no name is ever looked up.
  public static Optional<IpNetwork> parse(String text) {
    int slash = text.indexOf('/');
    try {
      InetAddress base = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
      int bits = base.getAddress().length * 8;
      int prefix = slash < 0 ? bits : Integer.parseUnsignedInt(text.substring(slash + 1));
      return Optional.of(new IpNetwork(base, prefix));
    } catch (IllegalArgumentException notANetwork) {
      return Optional.empty();
    }
  }

  /// As [#parse], for networks that the program itself is sure of.
  ///
  /// @throws IllegalArgumentException when the text is no network
  public static IpNetwork of(String text) {
    return parse(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "\"%s\" (expected: a network such as 10.0.0.0/8)".formatted(text)));
  }

  /// Whether the address lies in this block; IPv4 and IPv6 never contain each other.
  public boolean contains(InetAddress address) {
    byte[] own = base.getAddress();
    byte[] other = address.getAddress();
    if (own.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefixLength; bit++) {
      if (((own[bit / 8] ^ other[bit / 8]) & (0x80 >> (bit % 8))) != 0) {
        return false;
      }
    }
    return true;
  }

  /// Whether the address means something only inside one network: loopback, link-local, private use
  /// (RFC 1918, RFC 4193), shared (RFC 6598), or unspecified.
  public static boolean isPrivate(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean uniqueLocal = address instanceof Inet6Address && (bytes[0] & 0xFE) == 0xFC;
    boolean shared = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xC0) == 64;
    return uniqueLocal
        || shared
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isAnyLocalAddress();
  }

  @Override
  public String toString() {
    return base.getHostAddress() + "/" + prefixLength;
  }

  /// The first set bit at or behind `from`, or `bits` when all are zero.
  private static int firstSetBit(byte[] address, int from, int bits) {
    for (int bit = from; bit < bits; bit++) {
      if ((address[bit / 8] & (0x80 >> (bit % 8))) != 0) {
        return bit;
      }
    }
    return bits;
  }
}
