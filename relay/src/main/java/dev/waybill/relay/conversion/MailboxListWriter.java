package dev.waybill.relay.conversion;

import dev.waybill.relay.message.EmailAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes a list of mailboxes in ASCII: display names as encoded words, domains as A-labels.
/// Stateless.
///
/// It reads `name <local@domain>` and `local@domain` and nothing else: groups, comments and
/// characters beyond ASCII in a local part are not for it.
final class MailboxListWriter {
  private MailboxListWriter() {}

  /// @param value an unfolded field value
  /// @param column where it begins in its line
  /// @return empty when it is not certain what it says
  static Optional<String> ascii(String value, int column) {
    List<String> written = new ArrayList<>();
    int start = 0;
    boolean quoted = false;
    for (int i = 0; i <= value.length(); i++) {
      char c = i < value.length() ? value.charAt(i) : ',';
      if (i < value.length() && quoted && c == '\\') {
        i++;
      } else if (i < value.length() && c == '"') {
        quoted = !quoted;
      } else if (!quoted && "():;[]".indexOf(c) >= 0) {
        return Optional.empty();
      } else if (c == ',' && (!quoted || i == value.length())) {
        Optional<String> mailbox =
            quoted
                ? Optional.empty()
                : mailbox(value.substring(start, i), written.isEmpty() ? column : 1);
        if (mailbox.isEmpty()) {
          return Optional.empty();
        }
        written.add(mailbox.get());
        start = i + 1;
      }
    }
    return Optional.of(String.join("," + EncodedWordWriter.FOLD, written));
  }

  private static Optional<String> mailbox(String text, int column) {
    String trimmed = text.strip();
    if (!trimmed.endsWith(">")) {
      return address(trimmed);
    }
    int open = trimmed.lastIndexOf('<');
    String phrase = open < 0 ? "" : trimmed.substring(0, open).strip();
    Optional<String> address =
        open < 0 ? Optional.empty() : address(trimmed.substring(open + 1, trimmed.length() - 1));
    if (phrase.isEmpty() || address.isEmpty()) {
      return address.map(only -> "<" + only + ">");
    }
    return name(phrase, column)
        .map(name -> {
          String rest = " <" + address.get() + ">";
          int end = EncodedWordWriter.end(name, column) + rest.length();
          return name + (end < EncodedWordWriter.MAX_LINE ? rest : "\r\n" + rest);
        });
  }

  private static Optional<String> address(String text) {
    return EmailAddress.parse(text)
        .filter(address -> !address.needsSmtpUtf8())
        .map(address -> isAscii(text) ? text : address.toString());
  }

  /// One phrase: kept where it is ASCII, else encoded as a whole.
  private static Optional<String> name(String phrase, int column) {
    if (isAscii(phrase)) {
      return Optional.of(phrase);
    }
    StringBuilder text = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < phrase.length(); i++) {
      char c = phrase.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (quoted && c == '\\' && i + 1 < phrase.length()) {
        text.append(phrase.charAt(++i));
      } else if (!quoted && (c == '<' || c == '>' || c == '@')) {
        return Optional.empty();
      } else {
        text.append(c);
      }
    }
    return quoted || text.indexOf("=?") >= 0
        ? Optional.empty()
        : Optional.of(EncodedWordWriter.encode(text.toString(), column));
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}
