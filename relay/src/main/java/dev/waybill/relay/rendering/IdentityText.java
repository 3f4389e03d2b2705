package dev.waybill.relay.rendering;

import dev.waybill.relay.message.MimeOutline.Leaf;
import dev.waybill.relay.message.Splice;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A part in `7bit`, `8bit` or `binary`: the octets are the text (RFC 2045 §6.2).
///
/// Immutable; any thread may use it. SMTP allows lines of 998 octets (RFC 5321 §4.5.3.1.6): an edit
/// that would make a line longer is left out or put on a line of its own. Lines that were submitted
/// longer are the application's own doing.
///
/// @param takesEightBit whether it is labelled other than `7bit` (RFC 2045 §2.7)
record IdentityText(String text, int bodyStart, boolean takesEightBit) implements PartText {
  private static final int MAX_LINE = 998;

  static IdentityText of(byte[] message, Leaf leaf) {
    int length = leaf.bodyEnd() - leaf.bodyStart();
    return new IdentityText(
        new String(message, leaf.bodyStart(), length, StandardCharsets.ISO_8859_1),
        leaf.bodyStart(),
        !leaf.transferEncoding().equals("7bit"));
  }

  @Override
  public int splice(List<TextEdit> edits, Edits into) {
    int leftOut = 0;
    int line = -1;
    int column = 0;
    int position = 0;
    for (TextEdit edit : edits) {
      int start = lineStart(edit.from());
      column = start == line ? column + edit.from() - position : edit.from() - start;
      line = start;
      String replacement = edit.replacement();
      int tail = lineEnd(edit.to()) - edit.to();
      boolean wasShort = edit.to() - start + tail <= MAX_LINE;
      if (wasShort && column + replacement.length() + tail > MAX_LINE) {
        if (edit.optional()) {
          leftOut++;
          column += edit.to() - edit.from();
          position = edit.to();
          continue;
        }
        replacement = "\r\n" + replacement;
      }
      into.add(
          new Splice.Edit(
              bodyStart + edit.from(),
              bodyStart + edit.to(),
              replacement.getBytes(StandardCharsets.ISO_8859_1)),
          edit.reason());
      int lastBreak = replacement.lastIndexOf('\n');
      column = lastBreak < 0 ? column + replacement.length() : replacement.length() - 1 - lastBreak;
      line = lineStart(edit.to());
      position = edit.to();
    }
    return leftOut;
  }

  /// Where the line begins, looking back no further than a legal line is long.
  private int lineStart(int from) {
    int limit = Math.max(0, from - MAX_LINE - 1);
    int position = from;
    while (position > limit && text.charAt(position - 1) != '\n') {
      position--;
    }
    return position;
  }

  private int lineEnd(int from) {
    int limit = Math.min(text.length(), from + MAX_LINE + 1);
    int position = from;
    while (position < limit && text.charAt(position) != '\r' && text.charAt(position) != '\n') {
      position++;
    }
    return position;
  }
}
