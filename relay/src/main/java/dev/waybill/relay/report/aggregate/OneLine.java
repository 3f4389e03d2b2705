package dev.waybill.relay.report.aggregate;

/// Makes facts of bounded length out of what strangers wrote. Stateless.
final class OneLine {
  private static final int MAX_SHOWN = 30;

  private OneLine() {}

  /// Printable, one line, at most so long.
  static String of(String text, int most) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(most)
        .map(c -> isPlain(c) ? c : ' ')
        .forEach(c -> {
          if (line.length() + Character.charCount(c) <= most) {
            line.appendCodePoint(c);
          }
        });
    return line.toString().strip();
  }

  private static boolean isPlain(int c) {
    int type = Character.getType(c);
    return !Character.isISOControl(c)
        && type != Character.FORMAT
        && type != Character.SURROGATE
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR;
  }

  /// A number without a sign.
  ///
  /// @throws ReportFault when it is none, or larger
  static long number(String name, String text, long most) throws ReportFault {
    if (!text.isEmpty()
        && text.length() <= 18
        && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      long number = Long.parseLong(text);
      if (number <= most) {
        return number;
      }
    }
    throw new ReportFault(
        "%s is \"%s\" (expected: a number up to %d)".formatted(name, of(text, MAX_SHOWN), most));
  }
}
