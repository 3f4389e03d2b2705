package dev.waybill.relay.submission;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The parameters of MAIL that are offered: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531)
/// and AUTH (RFC 4954 §5, ignored: whoever submits answers for the message).
///
/// @param size the announced octets, 0 when nothing was announced, `Long.MAX_VALUE` for more than
///   fits
record MailParameters(long size, boolean smtpUtf8) {
  /// What came of reading them.
  sealed interface Reading {}

  /// They make sense.
  record Understood(MailParameters parameters) implements Reading {}

  /// They do not; the reply says why.
  record Wrong(String reply) implements Reading {}

  private static final int MAX_SIZE_DIGITS = 18;

  static Reading read(List<String> words) {
    long size = 0;
    boolean smtpUtf8 = false;
    Set<String> seen = new HashSet<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      String name = (equals < 0 ? word : word.substring(0, equals)).toUpperCase(Locale.ROOT);
      String value = equals < 0 ? "" : word.substring(equals + 1);
      if (!seen.add(name)) {
        return wrong(word, "each parameter once");
      }
      switch (name) {
        case "SIZE" -> {
          if (value.isEmpty() || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return wrong(word, "SIZE=octets");
          }
          size = value.length() > MAX_SIZE_DIGITS ? Long.MAX_VALUE : Long.parseLong(value);
        }
        case "BODY" -> {
          if (!value.equalsIgnoreCase("7BIT") && !value.equalsIgnoreCase("8BITMIME")) {
            return wrong(word, "BODY=7BIT or BODY=8BITMIME");
          }
        }
        case "SMTPUTF8" -> {
          if (equals >= 0) {
            return wrong(word, "SMTPUTF8 without a value");
          }
          smtpUtf8 = true;
        }
        case "AUTH" -> {
          if (value.isEmpty()) {
            return wrong(word, "AUTH=<>");
          }
        }
        default -> {
          return new Wrong(SubmissionReplies.unknownParameter(word));
        }
      }
    }
    return new Understood(new MailParameters(size, smtpUtf8));
  }

  private static Reading wrong(String word, String expected) {
    return new Wrong(SubmissionReplies.badParameter(word, expected));
  }
}
