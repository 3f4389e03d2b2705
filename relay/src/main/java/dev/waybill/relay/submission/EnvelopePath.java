package dev.waybill.relay.submission;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The argument of MAIL or RCPT: a path in angle brackets and parameters (RFC 5321 §4.1.2).
///
/// @param path what stands between the brackets, possibly nothing
/// @param parameters the words behind it
record EnvelopePath(String path, List<String> parameters) {
  /// A parameter (RFC 5321 §4.1.2, esmtp-param).
  ///
  /// @param word as it was written
  /// @param name in upper case
  /// @param value empty also when there is none
  record Parameter(String word, String name, String value) {
    static Parameter of(String word) {
      int equals = word.indexOf('=');
      return equals < 0
          ? new Parameter(word, word.toUpperCase(Locale.ROOT), "")
          : new Parameter(
              word, word.substring(0, equals).toUpperCase(Locale.ROOT), word.substring(equals + 1));
    }

    boolean hasValue() {
      return word.length() > name.length();
    }
  }

  /// The first word that names a parameter again.
  static Optional<String> repeated(List<String> words) {
    Set<String> seen = new HashSet<>();
    return words.stream().filter(word -> !seen.add(Parameter.of(word).name())).findFirst();
  }

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
