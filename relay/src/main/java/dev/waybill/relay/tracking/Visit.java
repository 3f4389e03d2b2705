package dev.waybill.relay.tracking;

import dev.waybill.relay.http.Request;

/// What a request tells about who follows a link.
///
/// @param userAgent printable, at most 300 characters; empty when none was named
/// @param address the textual IP address
/// @param prefetch whether the request itself says that nobody is looking: HEAD, or a prefetch
///   field
record Visit(String userAgent, String address, boolean prefetch) {
  static final int MAX_USER_AGENT = 300;

  static Visit of(Request request) {
    boolean prefetch =
        request.method().equals("HEAD")
            || request.header("sec-purpose").orElse("").contains("prefetch")
            || request.header("purpose").orElse("").equals("prefetch")
            || request.header("x-moz").orElse("").equals("prefetch");
    return new Visit(
        printable(request.header("user-agent").orElse(""), MAX_USER_AGENT),
        request.remote().getHostAddress(),
        prefetch);
  }

  /// The text without control characters, which a database may refuse, and cut to a length.
  static String printable(String text, int most) {
    StringBuilder kept = new StringBuilder(Math.min(text.length(), most));
    for (int i = 0; i < text.length() && kept.length() < most; i++) {
      char c = text.charAt(i);
      if (!Character.isISOControl(c) && !Character.isSurrogate(c)) {
        kept.append(c);
      }
    }
    return kept.toString();
  }
}
