package dev.waybill.relay.dns;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.Optional;

/// An address with a prefix, as SPF writes networks (RFC 7208 §5.6). A value.
///
/// @param address any address of the network
/// @param prefix how many leading bits count
record SpfNetwork(InetAddress address, int prefix) {
  /// Reads `192.0.2.0/24` or one address without a prefix.
  static Optional<SpfNetwork> parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    if (!InetAddresses.isInetAddress(host) || host.indexOf('%') >= 0) {
      return Optional.empty();
    }
    InetAddress address = InetAddresses.forString(host);
    int bits = address.getAddress().length * 8;
    int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1), bits);
    return prefix < 0 ? Optional.empty() : Optional.of(new SpfNetwork(address, prefix));
  }

  /// One address.
  static SpfNetwork of(InetAddress address) {
    return new SpfNetwork(address, address.getAddress().length * 8);
  }

  /// A prefix length from 0 to `bits` without leading zeros; -1 when it is none.
  static int prefix(String digits, int bits) {
    boolean plain =
        !digits.isEmpty()
            && digits.length() <= 3
            && digits.chars().allMatch(c -> c >= '0' && c <= '9')
            && (digits.length() == 1 || digits.charAt(0) != '0');
    int prefix = plain ? Integer.parseInt(digits) : -1;
    return prefix <= bits ? prefix : -1;
  }

  boolean isFour() {
    return address.getAddress().length == 4;
  }

  /// Whether the whole of the other lies within this one.
  boolean contains(SpfNetwork inner) {
    return prefix <= inner.prefix && overlaps(inner);
  }

  /// Whether they share an address.
  boolean overlaps(SpfNetwork other) {
    byte[] own = address.getAddress();
    byte[] others = other.address.getAddress();
    if (own.length != others.length) {
      return false;
    }
    int shared = Math.min(prefix, other.prefix);
    for (int bit = 0; bit < shared; bit++) {
      if (((own[bit / 8] ^ others[bit / 8]) & (0x80 >> (bit % 8))) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    String bare = address.getHostAddress();
    return prefix == address.getAddress().length * 8 ? bare : bare + "/" + prefix;
  }
}
