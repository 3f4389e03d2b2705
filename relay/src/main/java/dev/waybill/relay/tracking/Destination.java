package dev.waybill.relay.tracking;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/// Turns the link of a message into what a Location field can carry.
final class Destination {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private Destination() {}

  /// A link as a browser would read it from the message: surrounding space, line breaks and tabs go
  /// away, and what a header field cannot hold is percent-encoded as UTF-8 (WHATWG URL §4.4, §1.3).
  ///
  /// @return empty for anything but http and https with a host
  static Optional<String> location(String link) {
    StringBuilder location = new StringBuilder(link.length() + 16);
    String text = link.strip();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c == '\t' || c == '\n' || c == '\r') {
        continue;
      }
      if (c > 0x20 && c < 0x7F) {
        location.append((char) c);
      } else {
        for (byte octet : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
          location.append('%').append(HEX.toHexDigits(octet));
        }
      }
    }
    return isWeb(location) ? Optional.of(location.toString()) : Optional.empty();
  }

  private static boolean isWeb(CharSequence location) {
    String start =
        location.subSequence(0, Math.min(9, location.length())).toString().toLowerCase(Locale.ROOT);
    int host = start.startsWith("https://") ? 8 : start.startsWith("http://") ? 7 : 0;
    return host > 0 && location.length() > host && "/?#".indexOf(location.charAt(host)) < 0;
  }
}
