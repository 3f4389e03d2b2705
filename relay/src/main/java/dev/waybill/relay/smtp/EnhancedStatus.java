package dev.waybill.relay.smtp;

import java.util.Optional;

/// An enhanced mail system status code (RFC 3463 §2), such as `5.1.1`. A value; any thread may use
/// it.
///
/// @param kind 2 success, 4 temporary, 5 permanent
/// @param subject 0 to 999
/// @param detail 0 to 999
public record EnhancedStatus(int kind, int subject, int detail) {
  public EnhancedStatus {
    if ((kind != 2 && kind != 4 && kind != 5)
        || subject < 0
        || subject > 999
        || detail < 0
        || detail > 999) {
      throw new IllegalArgumentException(
          "enhanced status %d.%d.%d (expected: 2, 4 or 5, then two numbers of 0..999)"
              .formatted(kind, subject, detail));
    }
  }

  /// Reads the code behind the reply code, as in `550 5.1.1 no such user`.
  public static Optional<EnhancedStatus> inReply(String reply) {
    return reply.length() > 4 && reply.charAt(3) == ' '
        ? leading(reply.substring(4))
        : Optional.empty();
  }

  /// Reads the code that begins a reply's text (RFC 2034 §4).
  ///
  /// @return empty when the text does not begin with one followed by a space or its end
  static Optional<EnhancedStatus> leading(String text) {
    int end = text.indexOf(' ');
    String word = end < 0 ? text : text.substring(0, end);
    int first = word.indexOf('.');
    int second = word.indexOf('.', first + 1);
    if (first != 1 || second < 0 || word.length() > 9) {
      return Optional.empty();
    }
    int kind = number(word.substring(0, first));
    int subject = number(word.substring(first + 1, second));
    int detail = number(word.substring(second + 1));
    if ((kind != 2 && kind != 4 && kind != 5) || subject < 0 || detail < 0) {
      return Optional.empty();
    }
    return Optional.of(new EnhancedStatus(kind, subject, detail));
  }

  @Override
  public String toString() {
    return kind + "." + subject + "." + detail;
  }

  /// One to three digits, or -1.
  private static int number(String digits) {
    if (digits.isEmpty() || digits.length() > 3) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }
}
