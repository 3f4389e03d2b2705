package dev.waybill.relay.http;

import java.util.Locale;
import java.util.Optional;

/// A request target, taken apart but not decoded (RFC 9112 §3.2).
///
/// @param path starts with a slash; still percent-encoded
/// @param query what stands behind the question mark, still encoded; empty for none
/// @param authority the authority of an absolute-form target; empty in origin form
public record Target(String path, String query, String authority) {

  /// Reads origin form (`/path?query`) and absolute form (`http://host/path?query`).
  ///
  /// A fragment does not belong into a target; clients that send one mean the target without it.
  ///
  /// @return empty for the other forms (`*`, `host:port`) and for anything with a character outside
  ///   printable ASCII
  public static Optional<Target> parse(String text) {
    if (text.isEmpty() || !isVisible(text)) {
      return Optional.empty();
    }
    int fragment = text.indexOf('#');
    String target = fragment < 0 ? text : text.substring(0, fragment);
    if (target.startsWith("/")) {
      return Optional.of(split(target, ""));
    }
    String lower = target.substring(0, Math.min(8, target.length())).toLowerCase(Locale.ROOT);
    int scheme = lower.equals("https://") ? 8 : lower.startsWith("http://") ? 7 : 0;
    if (scheme == 0) {
      return Optional.empty();
    }
    int end = scheme;
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    String authority = target.substring(scheme, end);
    String rest = target.substring(end);
    return hostOf(authority).map(_ -> split(rest.startsWith("/") ? rest : "/" + rest, authority));
  }

  /// The host of an authority or Host field, in lower case and without its port.
  ///
  /// @return empty when it is none (user information, spaces, a bad port)
  static Optional<String> hostOf(String authority) {
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon >= 0 && authority.indexOf(']', colon) < 0;
    if (hasPort && !isPort(authority, colon + 1)) {
      return Optional.empty();
    }
    String host = hasPort ? authority.substring(0, colon) : authority;
    boolean valid =
        !host.isEmpty() && host.length() <= 255 && (isBracketed(host) || isHostName(host));
    return valid ? Optional.of(host.toLowerCase(Locale.ROOT)) : Optional.empty();
  }

  /// Without a way out in the middle, so that the processor may look at many characters at once.
  private static boolean isVisible(String text) {
    int outside = 0;
    for (int i = 0; i < text.length(); i++) {
      int c = text.charAt(i);
      outside |= (c - 0x21) | (0x7E - c);
    }
    return outside >= 0;
  }

  /// An empty one is the scheme's own (RFC 3986 §3.2.3).
  private static boolean isPort(String authority, int from) {
    for (int i = from; i < authority.length(); i++) {
      if (authority.charAt(i) < '0' || authority.charAt(i) > '9') {
        return false;
      }
    }
    return authority.length() - from <= 5;
  }

  private static boolean isHostName(String host) {
    for (int i = 0; i < host.length(); i++) {
      if (!isHostCharacter(host.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static Target split(String pathAndQuery, String authority) {
    int mark = pathAndQuery.indexOf('?');
    return mark < 0
        ? new Target(pathAndQuery, "", authority)
        : new Target(pathAndQuery.substring(0, mark), pathAndQuery.substring(mark + 1), authority);
  }

  /// An IPv6 literal (RFC 3986 §3.2.2).
  private static boolean isBracketed(String host) {
    return host.length() > 2
        && host.charAt(0) == '['
        && host.charAt(host.length() - 1) == ']'
        && host.substring(1, host.length() - 1)
            .chars()
            .allMatch(c -> c == ':' || c == '.' || Character.digit(c, 16) >= 0);
  }

  private static boolean isHostCharacter(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_';
  }
}
