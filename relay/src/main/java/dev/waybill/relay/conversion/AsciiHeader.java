package dev.waybill.relay.conversion;

import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.Splice;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Writes UTF-8 in header fields (RFC 6532) in ASCII, for hosts that do not offer SMTPUTF8: encoded
/// words in text and in names (RFC 2047 §5), A-labels in domains (RFC 5890 §2.3). Stateless.
///
/// Where a field has characters beyond ASCII in a place for which neither is made, such as a local
/// part or a parameter, there is no such message.
public final class AsciiHeader {
  /// Fields that are text and nothing else (RFC 5322 §3.6.5, RFC 2045 §8), and those that everybody
  /// treats so.
  private static final Set<String> TEXT =
      Set.of("subject", "comments", "content-description", "organization", "thread-topic");

  private static final Set<String> MAILBOXES =
      Set.of(
          "from",
          "sender",
          "reply-to",
          "to",
          "cc",
          "resent-from",
          "resent-sender",
          "resent-to",
          "resent-cc");

  private AsciiHeader() {}

  /// @param message its header section is converted; what is below it stays as it is
  /// @return empty when a field cannot be written in ASCII without loss
  public static Optional<byte[]> of(byte[] message) {
    HeaderBlock header = HeaderBlock.parse(message);
    if (header.malformedAt() >= 0) {
      return Optional.empty();
    }
    List<Splice.Edit> edits = new ArrayList<>();
    for (HeaderBlock.Field field : header.fields()) {
      if (!SevenBitBody.isAscii(message, field.start(), field.end())) {
        Optional<byte[]> converted = converted(message, field);
        if (converted.isEmpty()) {
          return Optional.empty();
        }
        edits.add(new Splice.Edit(field.colon() + 1, field.end(), converted.get()));
      }
    }
    return Optional.of(Splice.apply(message, edits));
  }

  private static Optional<byte[]> converted(byte[] message, HeaderBlock.Field field) {
    Optional<String> value = utf8(message, field.colon() + 1, field.end());
    String name = field.name().toLowerCase(Locale.ROOT);
    if (value.isEmpty()
        || value.get().contains("=?")
        || !SevenBitBody.isAscii(message, field.start(), field.colon())) {
      // a reader would take what is beside encoded words for one of them
      return Optional.empty();
    }
    String unfolded = value.get().replace("\r\n", "");
    Optional<String> ascii;
    if (MAILBOXES.contains(name)) {
      ascii =
          MailboxListWriter.ascii(unfolded.strip(), field.name().length() + 2)
              .map(list -> " " + list);
    } else if (TEXT.contains(name) || name.startsWith("x-")) {
      ascii = Optional.of(text(unfolded, field.name().length() + 1));
    } else {
      return Optional.empty();
    }
    return ascii.map(line -> (line + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static Optional<String> utf8(byte[] message, int from, int to) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(message, from, to - from))
              .toString());
    } catch (CharacterCodingException broken) {
      return Optional.empty();
    }
  }

  /// Everything from the first to the last word with characters beyond ASCII becomes encoded words;
  /// the words before and behind stay, and so do the blanks around them.
  ///
  /// @param column where the value begins in its line
  private static String text(String value, int column) {
    int first = 0;
    while (value.charAt(first) < 0x80) {
      first++;
    }
    int last = value.length() - 1;
    while (value.charAt(last) < 0x80) {
      last--;
    }
    int from = first;
    while (from > 0 && !isBlank(value.charAt(from - 1))) {
      from--;
    }
    int to = last + 1;
    while (to < value.length() && !isBlank(value.charAt(to))) {
      to++;
    }
    StringBuilder text = new StringBuilder();
    folded(value, 0, from, column, text);
    int start = 1;
    if (from == 0) {
      text.append(' ');
      start = column + 1;
    } else if (from == 1) {
      start = column + 1;
    } else {
      // what stands before keeps its line, and the words begin one of their own
      text.insert(text.length() - 1, "\r\n");
    }
    text.append(EncodedWordWriter.encode(value.substring(from, to), start));
    folded(value, to, value.length(), EncodedWordWriter.MAX_LINE, text);
    return text.toString();
  }

  /// Appends a range, with a line break before each blank behind which a word would not fit.
  private static void folded(String value, int from, int to, int column, StringBuilder into) {
    int at = column;
    int position = from;
    while (position < to) {
      int end = position + 1;
      while (end < to && !isBlank(value.charAt(end))) {
        end++;
      }
      boolean blank = isBlank(value.charAt(position));
      if (blank && end - position > 1 && at + end - position > EncodedWordWriter.MAX_LINE) {
        into.append("\r\n");
        at = 0;
      }
      into.append(value, position, end);
      at += end - position;
      position = end;
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
