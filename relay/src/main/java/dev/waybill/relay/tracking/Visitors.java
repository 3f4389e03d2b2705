package dev.waybill.relay.tracking;

import dev.waybill.relay.http.Request;
import dev.waybill.relay.smtp.IpNetwork;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Sees who follows a link, through proxies that are trusted, and keeps no more of it than it may.
///
/// Any thread may use it.
final class Visitors {
  /// Proxies behind each other that are looked through.
  private static final int MAX_HOPS = 10;

  private static final int IPV4_OCTETS_KEPT = 3;
  private static final int IPV6_OCTETS_KEPT = 6;
  private static final int HASH_OCTETS = 16;
  private static final long DAY = 86_400;

  private record DayKey(long day, SecretKeySpec key) {}

  private final Privacy privacy;
  private final List<IpNetwork> proxies;
  private final RandomGenerator random;
  private volatile DayKey today;

  /// @param proxies whose `X-Forwarded-For` is believed
  Visitors(Privacy privacy, List<IpNetwork> proxies, RandomGenerator random) {
    this.privacy = privacy;
    this.proxies = List.copyOf(proxies);
    this.random = random;
    this.today = key(Long.MIN_VALUE);
  }

  /// @param early whether nobody can have read the message yet
  Visit see(Request request, Instant now, boolean early) {
    return new Visit(
        Visit.printable(request.header("user-agent").orElse(""), Visit.MAX_USER_AGENT),
        kept(client(request), now),
        privacy == Privacy.HASHED,
        telling(request, early));
  }

  private static @Nullable MachineReason telling(Request request, boolean early) {
    if (request.method().equals("HEAD")) {
      return MachineReason.HEAD;
    }
    boolean prefetch =
        request.header("sec-purpose").orElse("").contains("prefetch")
            || request.header("purpose").orElse("").equals("prefetch")
            || request.header("x-moz").orElse("").equals("prefetch");
    return prefetch ? MachineReason.PREFETCH : early ? MachineReason.EARLY : null;
  }

  /// The rightmost address that is no proxy of ours: what stands left of it, the client may have
  /// made up. Something unreadable ends the walk at the proxy that passed it on.
  private InetAddress client(Request request) {
    InetAddress client = request.remote();
    if (proxies.isEmpty() || !isProxy(client)) {
      return client;
    }
    List<String> fields = request.headers("x-forwarded-for");
    int hops = 0;
    for (int i = fields.size() - 1; i >= 0; i--) {
      String field = fields.get(i);
      int end = field.length();
      while (end >= 0 && hops++ < MAX_HOPS) {
        int comma = field.lastIndexOf(',', end - 1);
        InetAddress hop = literal(field.substring(comma + 1, end).strip());
        if (hop == null) {
          return client;
        }
        client = hop;
        if (!isProxy(client)) {
          return client;
        }
        end = comma;
      }
    }
    return client;
  }

  private boolean isProxy(InetAddress address) {
    for (IpNetwork network : proxies) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /// An address as proxies write it: bare, in brackets, with a port; never a name.
  private static @Nullable InetAddress literal(String text) {
    String bare = text;
    int bracket = text.indexOf(']');
    if (text.startsWith("[") && bracket > 0) {
      bare = text.substring(1, bracket);
    } else if (text.indexOf('.') > 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      int colon = text.indexOf(':');
      bare = colon < 0 ? text : text.substring(0, colon);
    }
    if (bare.length() > 45 || bare.indexOf('%') >= 0) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(bare);
    } catch (IllegalArgumentException noAddress) {
      return null;
    }
  }

  private String kept(InetAddress address, Instant now) {
    return switch (privacy) {
      case FULL -> textual(address.getAddress());
      case TRUNCATED -> truncated(address.getAddress());
      case HASHED -> hashed(address.getAddress(), now);
    };
  }

  private static String truncated(byte[] address) {
    Arrays.fill(
        address,
        address.length == 4 ? IPV4_OCTETS_KEPT : IPV6_OCTETS_KEPT,
        address.length,
        (byte) 0);
    return textual(address);
  }

  /// Without the name of an interface.
  private static String textual(byte[] address) {
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException impossible) {
      throw new IllegalArgumentException("an address has 4 or 16 octets", impossible);
    }
  }

  private String hashed(byte[] address, Instant now) {
    long day = Math.floorDiv(now.getEpochSecond(), DAY);
    DayKey key = today;
    if (key.day() != day) {
      key = turn(day);
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key.key());
      return HexFormat.of().formatHex(mac.doFinal(address), 0, HASH_OCTETS);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has HmacSHA256", impossible);
    }
  }

  private synchronized DayKey turn(long day) {
    if (today.day() != day) {
      today = key(day);
    }
    return today;
  }

  private DayKey key(long day) {
    byte[] octets = new byte[32];
    random.nextBytes(octets);
    return new DayKey(day, new SecretKeySpec(octets, "HmacSHA256"));
  }
}
