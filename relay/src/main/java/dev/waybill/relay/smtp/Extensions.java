package dev.waybill.relay.smtp;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/// What a host offered in its reply to EHLO (RFC 5321 §4.1.1.1). A value; any thread may use it.
///
/// @param maxSize the largest message in octets, 0 for no fixed limit; empty without SIZE (RFC
///   1870)
/// @param requireTls whether it keeps to REQUIRETLS (RFC 8689 §2); what it says of that in clear
///   counts for nothing
/// @param auth the mechanisms of AUTH (RFC 4954 §3), in capitals; empty without
public record Extensions(
    boolean pipelining,
    OptionalLong maxSize,
    boolean eightBitMime,
    boolean smtpUtf8,
    boolean startTls,
    boolean enhancedStatusCodes,
    boolean dsn,
    boolean requireTls,
    Set<String> auth) {
  private static final int MAX_MECHANISMS = 30;

  /// What a host has that knows only HELO.
  public static final Extensions NONE =
      new Extensions(
          false, OptionalLong.empty(), false, false, false, false, false, false, Set.of());

  public Extensions {
    auth = Set.copyOf(auth);
  }

  /// Reads the keywords from the second line on; unknown ones and malformed sizes are passed over.
  static Extensions read(List<String> ehloLines) {
    boolean pipelining = false;
    OptionalLong maxSize = OptionalLong.empty();
    boolean eightBitMime = false;
    boolean smtpUtf8 = false;
    boolean startTls = false;
    boolean enhancedStatusCodes = false;
    boolean dsn = false;
    boolean requireTls = false;
    Set<String> auth = new TreeSet<>();
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
        case "REQUIRETLS" -> requireTls = true;
        case "AUTH" -> auth.addAll(mechanisms(line));
        default -> {}
      }
    }
    return new Extensions(
        pipelining,
        maxSize,
        eightBitMime,
        smtpUtf8,
        startTls,
        enhancedStatusCodes,
        dsn,
        requireTls,
        auth);
  }

  private static List<String> mechanisms(String line) {
    String[] words = line.strip().toUpperCase(Locale.ROOT).split(" +", MAX_MECHANISMS);
    return List.of(words).subList(1, words.length);
  }

  private static long size(String digits) {
    boolean isNumber = digits.length() <= 18 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber && !digits.isEmpty() ? Long.parseLong(digits) : 0;
  }
}
