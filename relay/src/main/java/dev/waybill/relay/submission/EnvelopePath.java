package dev.waybill.relay.submission;

import java.util.List;
import java.util.Optional;

/// The argument of MAIL or RCPT: a path in angle brackets and parameters (RFC 5321 §4.1.2).
///
/// @param path what stands between the brackets, possibly nothing
/// @param parameters the words behind it
record EnvelopePath(String path, List<String> parameters) {
  /// @param keyword `FROM:` or `TO:`; blanks behind it are tolerated, as by everybody
  /// @return empty when the argument has another form
  static Optional<EnvelopePath> parse(String argument, String keyword) {
    if (!argument.regionMatches(true, 0, keyword, 0, keyword.length())) {
      return Optional.empty();
    }
    String rest = argument.substring(keyword.length()).stripLeading();
    int end = closingBracket(rest);
    if (end < 0) {
      return Optional.empty();
    }
    String behind = rest.substring(end + 1);
    if (!behind.isEmpty() && behind.charAt(0) != ' ') {
      return Optional.empty();
    }
    List<String> parameters =
        behind.isBlank() ? List.of() : List.of(behind.strip().split(" +", -1));
    return Optional.of(new EnvelopePath(rest.substring(1, end), parameters));
  }

  /// A quoted local part may hold brackets.
  private static int closingBracket(String text) {
    if (text.isEmpty() || text.charAt(0) != '<') {
      return -1;
    }
    boolean quoted = false;
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == '>' && !quoted) {
        return i;
      }
    }
    return -1;
  }
}
