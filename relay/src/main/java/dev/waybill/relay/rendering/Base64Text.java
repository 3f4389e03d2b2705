package dev.waybill.relay.rendering;

import dev.waybill.relay.message.MimeOutline.Leaf;
import dev.waybill.relay.message.Splice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// A part in `base64` (RFC 2045 §6.8) whose lines are all of one length but the last.
///
/// Immutable; any thread may use it. Lines before the first edit stay as they are; from there on
/// the part is encoded again in lines of the same length.
final class Base64Text implements PartText {
  private static final int LINE = 76;
  private static final int MAX_LINE = 996;
  private static final byte[] BREAK = {'\r', '\n'};

  private final byte[] octets;
  private final int bodyStart;
  private final int dataEnd;
  private final int line;

  private Base64Text(byte[] octets, int bodyStart, int dataEnd, int line) {
    this.octets = octets;
    this.bodyStart = bodyStart;
    this.dataEnd = dataEnd;
    this.line = line;
  }

  /// Empty when encoding the decoded octets again does not give the very same bytes.
  static Optional<Base64Text> of(byte[] message, Leaf leaf) {
    int dataEnd = leaf.bodyEnd();
    while (dataEnd > leaf.bodyStart() && message[dataEnd - 1] <= ' ') {
      dataEnd--;
    }
    int firstEnd = leaf.bodyStart();
    while (firstEnd < dataEnd && message[firstEnd] != '\r') {
      firstEnd++;
    }
    int first = firstEnd - leaf.bodyStart();
    int line = firstEnd == dataEnd ? Math.max(LINE, first) : first;
    if (line % 4 != 0 || line == 0 || line > MAX_LINE) {
      return Optional.empty();
    }
    byte[] data = Arrays.copyOfRange(message, leaf.bodyStart(), dataEnd);
    byte[] octets;
    try {
      octets = Base64.getMimeDecoder().decode(data);
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
    return Arrays.equals(data, Base64.getMimeEncoder(line, BREAK).encode(octets))
        ? Optional.of(new Base64Text(octets, leaf.bodyStart(), dataEnd, line))
        : Optional.empty();
  }

  @Override
  public String text() {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  @Override
  public boolean takesEightBit() {
    return true;
  }

  @Override
  public int splice(List<TextEdit> edits, Edits into) {
    if (edits.isEmpty()) {
      return 0;
    }
    int octetsPerLine = line / 4 * 3;
    int keptLines = edits.getFirst().from() / octetsPerLine;
    while (keptLines > 0 && bodyStart + keptLines * (line + BREAK.length) > dataEnd) {
      keptLines--;
    }
    int kept = keptLines * octetsPerLine;
    List<Splice.Edit> changes = new ArrayList<>(edits.size());
    for (TextEdit edit : edits) {
      changes.add(
          new Splice.Edit(
              edit.from() - kept,
              edit.to() - kept,
              edit.replacement().getBytes(StandardCharsets.ISO_8859_1)));
    }
    byte[] changed = Splice.apply(Arrays.copyOfRange(octets, kept, octets.length), changes);
    into.addEncodedAgain(
        new Splice.Edit(
            bodyStart + keptLines * (line + BREAK.length),
            dataEnd,
            Base64.getMimeEncoder(line, BREAK).encode(changed)),
        this,
        edits);
    return 0;
  }
}
