package dev.waybill.relay.conversion;

import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.MimeOutline;
import dev.waybill.relay.message.Splice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Encodes what has octets above 127 in a body, for hosts that do not offer 8BITMIME (RFC 6152 §3).
/// Stateless.
///
/// Text becomes quoted-printable, or base64 where that is shorter; anything else base64. Parts that
/// must not be touched (signed, encrypted, forwarded, unclear) are not: a message whose other parts
/// alone could be encoded stays as it is, since it would be 8-bit all the same.
public final class SevenBitBody {
  private static final String ENCODING = "Content-Transfer-Encoding";
  private static final Set<String> IDENTITY = Set.of("7bit", "8bit", "binary");
  private static final byte[] BREAK = {'\r', '\n'};
  private static final int BASE64_LINE = 76;

  private SevenBitBody() {}

  /// @param message ends in CR LF, as every line does
  /// @param depth how deep multiparts are looked into
  /// @return empty when not all of the body can be encoded
  public static Optional<byte[]> of(byte[] message, int depth) {
    HeaderBlock header = HeaderBlock.parse(message);
    if (header.all("MIME-Version").size() != 1) {
      return Optional.empty();
    }
    MimeOutline outline = MimeOutline.of(message, header, depth);
    List<Splice.Edit> edits = new ArrayList<>();
    for (MimeOutline.Leaf leaf : outline.leaves()) {
      if (!isAscii(message, leaf.bodyStart(), leaf.bodyEnd())) {
        if (leaf.opaque() || !IDENTITY.contains(leaf.transferEncoding())) {
          return Optional.empty();
        }
        encode(message, leaf, edits);
      }
    }
    for (MimeOutline.Composite composite : outline.composites()) {
      if (!composite.transferEncoding().equals("7bit")) {
        edits.add(label(message, composite.headerStart(), composite.bodyStart(), "7bit"));
      }
    }
    edits.sort(Comparator.comparingInt(Splice.Edit::from));
    byte[] result = Splice.apply(message, edits);
    // a preamble, or the header of a part
    boolean whole = isAscii(result, HeaderBlock.parse(result).bodyStart(), result.length);
    return whole ? Optional.of(result) : Optional.empty();
  }

  private static void encode(byte[] message, MimeOutline.Leaf leaf, List<Splice.Edit> edits) {
    byte[] base64 =
        Base64.getMimeEncoder(BASE64_LINE, BREAK)
            .encode(Arrays.copyOfRange(message, leaf.bodyStart(), leaf.bodyEnd()));
    byte[] quoted =
        leaf.mediaType().startsWith("text/")
            ? QuotedPrintable.encode(message, leaf.bodyStart(), leaf.bodyEnd())
            : base64;
    boolean isText = quoted != base64 && quoted.length <= base64.length;
    edits.add(
        label(
            message, leaf.headerStart(), leaf.bodyStart(), isText ? "quoted-printable" : "base64"));
    edits.add(new Splice.Edit(leaf.bodyStart(), leaf.bodyEnd(), isText ? quoted : base64));
    if (!isText && leaf.bodyEnd() == message.length) {
      // in quoted-printable the last line break is the text's own
      edits.add(new Splice.Edit(leaf.bodyEnd(), leaf.bodyEnd(), BREAK));
    }
  }

  /// Says in a part's header how its body is encoded.
  private static Splice.Edit label(
      byte[] message, int headerStart, int bodyStart, String encoding) {
    HeaderBlock header = HeaderBlock.parse(message, headerStart, bodyStart);
    byte[] field = (ENCODING + ": " + encoding + "\r\n").getBytes(StandardCharsets.US_ASCII);
    return header
        .first(ENCODING)
        .map(old -> new Splice.Edit(old.start(), old.end(), field))
        .orElseGet(() -> {
          List<HeaderBlock.Field> fields = header.fields();
          int end = fields.isEmpty() ? headerStart : fields.getLast().end();
          return new Splice.Edit(end, end, field);
        });
  }

  static boolean isAscii(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }
}
