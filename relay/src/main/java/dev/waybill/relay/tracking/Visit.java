package dev.waybill.relay.tracking;

import org.jspecify.annotations.Nullable;

/// What is kept of a request: who follows a link.
///
/// @param userAgent printable, at most 300 characters; empty when none was named
/// @param address as much of the textual IP address as `tracking.privacy` leaves
/// @param hashed whether the address is a hash
/// @param telling what the request or its moment gives away; null for nothing
record Visit(String userAgent, String address, boolean hashed, @Nullable MachineReason telling) {
  static final int MAX_USER_AGENT = 300;

  /// The text without control characters, which a database may refuse, and cut to a length.
  static String printable(String text, int most) {
    if (text.length() <= most && isPrintable(text)) {
      return text;
    }
    StringBuilder kept = new StringBuilder(Math.min(text.length(), most));
    for (int i = 0; i < text.length() && kept.length() < most; i++) {
      char c = text.charAt(i);
      if (!Character.isISOControl(c) && !Character.isSurrogate(c)) {
        kept.append(c);
      }
    }
    return kept.toString();
  }

  private static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }
}
