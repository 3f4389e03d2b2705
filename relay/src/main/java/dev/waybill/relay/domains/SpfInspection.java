package dev.waybill.relay.domains;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Judges the SPF policy of a return path (RFC 7208). Stateless; any thread.
///
/// It reads the record's own terms and follows no `include`: what is called right here is certain
/// to pass for the configured hosts, while a policy that lists them only through an `include` of
/// another name is called wrong although receivers would accept it.
final class SpfInspection {
  static final int MAX_LOOKUPS = 10;

  private static final String VERSION = "v=spf1";

  private SpfInspection() {}

  /// Whether a text is an SPF policy at all (RFC 7208 §4.5).
  static boolean isPolicy(String text) {
    return text.regionMatches(true, 0, VERSION, 0, VERSION.length())
        && (text.length() == VERSION.length() || text.charAt(VERSION.length()) == ' ');
  }

  /// @param texts everything published at the return path
  /// @param mechanisms where mail comes from
  /// @return empty when there is no policy among the texts
  static Optional<Finding> judge(List<String> texts, List<String> mechanisms) {
    List<String> policies = texts.stream().filter(SpfInspection::isPolicy).toList();
    if (policies.isEmpty()) {
      return Optional.empty();
    }
    if (policies.size() > 1) {
      return Optional.of(
          new Finding.Wrong(
              "There are %d SPF records (%s); receivers accept only one, so merge them."
                  .formatted(policies.size(), Finding.shown(policies))));
    }
    return Optional.of(judgeOne(policies.getFirst(), mechanisms));
  }

  private static Finding judgeOne(String policy, List<String> mechanisms) {
    List<String> terms = termsBeforeAll(policy);
    int lookups = lookups(terms);
    if (lookups > MAX_LOOKUPS) {
      return new Finding.Wrong(
          "The SPF record needs %d look-ups; receivers stop at %d and then it fails."
              .formatted(lookups, MAX_LOOKUPS));
    }
    List<String> missing =
        mechanisms.stream()
            .filter(mechanism -> terms.stream().noneMatch(term -> permits(term, mechanism)))
            .toList();
    return missing.isEmpty()
        ? new Finding.Right("The SPF record lists every host that sends.")
        : new Finding.Wrong(
            "The SPF record %s does not list %s before its \"all\"."
                .formatted(Finding.shown(List.of(policy)), String.join(" ", missing)));
  }

  /// How many of the terms cost a receiver a look-up (RFC 7208 §4.6.4).
  static int lookups(List<String> terms) {
    int lookups = 0;
    for (String term : terms) {
      String bare = unqualified(term).toLowerCase(Locale.ROOT);
      int end = 0;
      while (end < bare.length() && Character.isLetterOrDigit(bare.charAt(end))) {
        end++;
      }
      if (List.of("include", "a", "mx", "ptr", "exists", "redirect")
          .contains(bare.substring(0, end))) {
        lookups++;
      }
    }
    return lookups;
  }

  /// What stands behind `all` is never reached (RFC 7208 §5.1).
  private static List<String> termsBeforeAll(String policy) {
    List<String> terms = new ArrayList<>();
    for (String term : policy.substring(VERSION.length()).split(" ", -1)) {
      if (unqualified(term).equalsIgnoreCase("all")) {
        break;
      }
      if (!term.isEmpty()) {
        terms.add(term);
      }
    }
    return terms;
  }

  private static boolean permits(String term, String mechanism) {
    if (!term.isEmpty() && "-~?".indexOf(term.charAt(0)) >= 0) {
      return false;
    }
    String bare = unqualified(term);
    return bare.equalsIgnoreCase(mechanism) || contains(bare, mechanism);
  }

  /// Whether the published network is or contains the configured one.
  private static boolean contains(String published, String configured) {
    Optional<Network> outer = Network.parse(published);
    Optional<Network> inner = Network.parse(configured);
    return outer.isPresent() && inner.isPresent() && outer.get().contains(inner.get());
  }

  private static String unqualified(String term) {
    return !term.isEmpty() && "+-~?".indexOf(term.charAt(0)) >= 0 ? term.substring(1) : term;
  }

  /// An `ip4` or `ip6` mechanism (RFC 7208 §5.6).
  private record Network(byte[] address, int prefix) {
    static Optional<Network> parse(String mechanism) {
      boolean four = mechanism.regionMatches(true, 0, "ip4:", 0, 4);
      if (!four && !mechanism.regionMatches(true, 0, "ip6:", 0, 4)) {
        return Optional.empty();
      }
      String rest = mechanism.substring(4);
      int slash = rest.indexOf('/');
      String host = slash < 0 ? rest : rest.substring(0, slash);
      if (!InetAddresses.isInetAddress(host)) {
        return Optional.empty();
      }
      InetAddress address = InetAddresses.forString(host);
      int bits = address.getAddress().length * 8;
      int prefix = slash < 0 ? bits : prefix(rest.substring(slash + 1));
      return bits == (four ? 32 : 128) && prefix >= 0 && prefix <= bits
          ? Optional.of(new Network(address.getAddress(), prefix))
          : Optional.empty();
    }

    boolean contains(Network inner) {
      if (address.length != inner.address.length || prefix > inner.prefix) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((address[bit / 8] & mask) != (inner.address[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }

    private static int prefix(String digits) {
      return !digits.isEmpty()
              && digits.length() <= 3
              && digits.chars().allMatch(c -> c >= '0' && c <= '9')
          ? Integer.parseInt(digits)
          : -1;
    }
  }
}
