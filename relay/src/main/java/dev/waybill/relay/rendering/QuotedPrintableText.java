package dev.waybill.relay.rendering;

import dev.waybill.relay.message.MimeOutline.Leaf;
import dev.waybill.relay.message.Splice;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A part in `quoted-printable` (RFC 2045 §6.7), with the place of each octet in the encoded bytes.
///
/// Immutable; any thread may use it. Edits replace just the encoded octets that they cover; soft
/// line breaks are put into and behind a replacement so that no line passes 76 columns. Every other
/// encoded byte, upper or lower case of its digits included, stays.
final class QuotedPrintableText implements PartText {
  private static final int LINE = 76;
  private static final int FAR = 1_000;
  private static final String HEX = "0123456789ABCDEF";

  private final String text;
  private final byte[] message;
  private final int bodyStart;
  private final int bodyEnd;

  /// Where each octet of the text begins in the message, and behind them where the last one ends.
  private final int[] places;

  private QuotedPrintableText(byte[] message, Leaf leaf, String text, int[] places) {
    this.text = text;
    this.message = message;
    this.bodyStart = leaf.bodyStart();
    this.bodyEnd = leaf.bodyEnd();
    this.places = places;
  }

  /// Empty when an equals sign is followed by neither two hexadecimal digits nor a line break.
  static Optional<QuotedPrintableText> of(byte[] message, Leaf leaf) {
    int end = leaf.bodyEnd();
    byte[] octets = new byte[end - leaf.bodyStart()];
    int[] places = new int[octets.length + 1];
    int length = 0;
    int position = leaf.bodyStart();
    int lastEnd = position;
    while (position < end) {
      byte b = message[position];
      if (b == ' ' || b == '\t' || b == '=') {
        int behindBlanks = position + (b == '=' ? 1 : 0);
        while (behindBlanks < end
            && (message[behindBlanks] == ' ' || message[behindBlanks] == '\t')) {
          behindBlanks++;
        }
        boolean atLineEnd = isLineEnd(message, behindBlanks, end);
        if (b == '=' && atLineEnd) {
          position = behindBreak(message, behindBlanks, end);
          continue;
        }
        if (b != '=' && atLineEnd) {
          // blanks at the end of a line are not part of the text: §6.7 rule 3
          position = behindBlanks;
          continue;
        }
        if (b != '=') {
          while (position < behindBlanks) {
            places[length] = position;
            octets[length++] = message[position++];
          }
          lastEnd = position;
          continue;
        }
        int high = position + 2 < end ? Character.digit(message[position + 1], 16) : -1;
        int low = position + 2 < end ? Character.digit(message[position + 2], 16) : -1;
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        places[length] = position;
        octets[length++] = (byte) (high << 4 | low);
        position += 3;
      } else {
        places[length] = position;
        octets[length++] = b;
        position++;
      }
      lastEnd = position;
    }
    places[length] = lastEnd;
    return Optional.of(
        new QuotedPrintableText(
            message,
            leaf,
            new String(octets, 0, length, StandardCharsets.ISO_8859_1),
            Arrays.copyOf(places, length + 1)));
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public boolean takesEightBit() {
    return true;
  }

  @Override
  public int splice(List<TextEdit> edits, Edits into) {
    int column = 0;
    int written = bodyStart;
    for (int i = 0; i < edits.size(); i++) {
      TextEdit edit = edits.get(i);
      int from = places[edit.from()];
      int to = edit.to() == edit.from() ? from : unitEnd(edit.to() - 1);
      int next = i + 1 < edits.size() ? places[edits.get(i + 1).from()] : Integer.MAX_VALUE;
      int start = lineStart(from);
      column = start <= written ? column + from - written : from - start;
      ByteArrayOutputStream out = new ByteArrayOutputStream(edit.replacement().length() + 16);
      if (edit.replacement().startsWith("\r\n") && from > written && isBlank(message[from - 1])) {
        // blanks before a line break would be no part of the text any more: §6.7 rule 3
        softBreak(out);
        column = 0;
      }
      column = encode(edit.replacement(), column, out);
      column = beforeTail(to, next, column, out);
      into.add(new Splice.Edit(from, to, out.toByteArray()), edit.reason());
      written = to;
    }
    return 0;
  }

  /// Writes the replacement; one column is always kept for the equals sign of a soft line break. No
  /// line begins with a hyphen that was not there, lest it look like a boundary.
  private static int encode(String replacement, int from, ByteArrayOutputStream out) {
    int column = from;
    for (int i = 0; i < replacement.length(); i++) {
      char c = replacement.charAt(i);
      if (c == '\r' || c == '\n') {
        out.write(c);
        column = 0;
        continue;
      }
      boolean lastBlank = c == ' ' && isBreak(replacement, i + 1);
      boolean escaped = c == '=' || c < ' ' || c > '~' || lastBlank;
      if (column + (escaped ? 3 : 1) >= LINE) {
        softBreak(out);
        column = 0;
      }
      escaped |= c == '-' && column == 0;
      if (escaped) {
        out.write('=');
        out.write(HEX.charAt(c >> 4 & 15));
        out.write(HEX.charAt(c & 15));
      } else {
        out.write(c);
      }
      column += escaped ? 3 : 1;
    }
    return column;
  }

  private static boolean isBreak(String replacement, int at) {
    return at == replacement.length() || replacement.charAt(at) == '\r';
  }

  /// Breaks the line when what follows on it, up to the next edit, would not fit any more.
  private int beforeTail(int to, int next, int column, ByteArrayOutputStream out) {
    int end = to;
    while (end < bodyEnd && end < next && end - to <= LINE && !isLineEnd(message, end, bodyEnd)) {
      end++;
    }
    int needed = end - to + (end == next ? 1 : 0);
    if (needed > 0 && column > 0 && column + needed > LINE) {
      softBreak(out);
      return 0;
    }
    return column;
  }

  private static boolean isBlank(byte octet) {
    return octet == ' ' || octet == '\t';
  }

  private static void softBreak(ByteArrayOutputStream out) {
    out.write('=');
    out.write('\r');
    out.write('\n');
  }

  private int unitEnd(int index) {
    int start = places[index];
    return start + (message[start] == '=' ? 3 : 1);
  }

  private int lineStart(int from) {
    int limit = Math.max(bodyStart, from - FAR);
    int position = from;
    while (position > limit && message[position - 1] != '\n') {
      position--;
    }
    return position;
  }

  private static boolean isLineEnd(byte[] message, int at, int end) {
    return at >= end
        || message[at] == '\n'
        || (message[at] == '\r' && at + 1 < end && message[at + 1] == '\n');
  }

  private static int behindBreak(byte[] message, int at, int end) {
    return at >= end ? end : at + (message[at] == '\r' ? 2 : 1);
  }
}
