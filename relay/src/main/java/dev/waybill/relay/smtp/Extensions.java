package dev.waybill.relay.smtp;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/// What a host offered in its reply to EHLO (RFC 5321 §4.1.1.1). A value; any thread may use it.
///
/// @param maxSize the largest message in octets, 0 for no fixed limit; empty without SIZE (RFC
///   1870)
public record Extensions(
    boolean pipelining,
    OptionalLong maxSize,
    boolean eightBitMime,
    boolean smtpUtf8,
    boolean startTls,
    boolean enhancedStatusCodes,
    boolean dsn) {
  /// What a host has that knows only HELO.
  public static final Extensions NONE =
      new Extensions(false, OptionalLong.empty(), false, false, false, false, false);

  /// Reads the keywords from the second line on; unknown ones and malformed sizes are passed over.
  static Extensions read(List<String> ehloLines) {
    boolean pipelining = false;
    OptionalLong maxSize = OptionalLong.empty();
    boolean eightBitMime = false;
    boolean smtpUtf8 = false;
    boolean startTls = false;
    boolean enhancedStatusCodes = false;
    boolean dsn = false;
    for (String line : ehloLines.subList(1, ehloLines.size())) {
      String[] words = line.strip().split(" +", 3);
      switch (words[0].toUpperCase(Locale.ROOT)) {
        case "PIPELINING" -> pipelining = true;
        case "SIZE" -> maxSize = OptionalLong.of(words.length > 1 ? size(words[1]) : 0);
        case "8BITMIME" -> eightBitMime = true;
        case "SMTPUTF8" -> smtpUtf8 = true;
        case "STARTTLS" -> startTls = true;
        case "ENHANCEDSTATUSCODES" -> enhancedStatusCodes = true;
        case "DSN" -> dsn = true;
        default -> {}
      }
    }
    return new Extensions(
        pipelining, maxSize, eightBitMime, smtpUtf8, startTls, enhancedStatusCodes, dsn);
  }

  private static long size(String digits) {
    boolean isNumber = digits.length() <= 18 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber && !digits.isEmpty() ? Long.parseLong(digits) : 0;
  }
}
