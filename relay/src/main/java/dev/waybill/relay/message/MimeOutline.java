package dev.waybill.relay.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Where the parts of a message stand in its bytes (RFC 2046 §5.1); nothing is decoded.
///
/// Immutable; any thread may use it. Reading never fails. Whatever must not be looked into (signed,
/// encrypted and forwarded mail) and whatever cannot be read with certainty (a missing boundary, a
/// missing last boundary, an unclear or repeated Content-Type, nesting deeper than 50) becomes one
/// opaque leaf, and so does what a Content-MD5 field vouches for (RFC 1864); a message of more than
/// 1,000 parts is one opaque leaf as a whole.
///
/// @param leaves the parts that are not themselves multiparts, in the order of their bytes
/// @param composites the multiparts whose parts are among the leaves, the outer ones first
public record MimeOutline(List<Leaf> leaves, List<Composite> composites) {
  /// One multipart that was looked into.
  ///
  /// @param headerStart where its header begins
  /// @param bodyStart where its body begins
  /// @param transferEncoding `7bit`, `8bit` or `binary`
  public record Composite(int headerStart, int bodyStart, String transferEncoding) {}

  /// One part without further parts.
  ///
  /// @param headerStart where its header begins
  /// @param bodyStart where its body begins
  /// @param bodyEnd behind its body; the line break before a boundary belongs to the boundary
  /// @param mediaType such as `text/html`, in lower case; `text/plain` where none is given
  /// @param charset as given; empty where none is given
  /// @param transferEncoding in lower case; `7bit` where none is given
  /// @param attachment whether it is meant to be saved rather than shown: a disposition other than
  ///   `inline`, or a file name
  /// @param opaque whether nothing may be changed in it
  public record Leaf(
      int headerStart,
      int bodyStart,
      int bodyEnd,
      String mediaType,
      String charset,
      String transferEncoding,
      boolean attachment,
      boolean opaque) {
    public Leaf {
      Objects.requireNonNull(mediaType, "mediaType");
      if (headerStart > bodyStart || bodyStart > bodyEnd) {
        throw new IllegalArgumentException(
            "part at %d, %d, %d (expected: ascending)".formatted(headerStart, bodyStart, bodyEnd));
      }
    }

    /// Whether it is text that a reader sees and that may be changed.
    public boolean isVisibleText() {
      return !opaque && !attachment && mediaType.startsWith("text/");
    }
  }

  /// How deep multiparts are looked into unless somebody says otherwise.
  public static final int DEPTH = 50;

  private static final int MAX_PARTS = 1_000;
  private static final int MAX_BOUNDARY = 70;
  private static final Set<String> OPAQUE =
      Set.of(
          "multipart/signed",
          "multipart/encrypted",
          "application/pkcs7-mime",
          "application/x-pkcs7-mime",
          "text/rfc822-headers");
  private static final Set<String> IDENTITY = Set.of("7bit", "8bit", "binary");

  public MimeOutline {
    leaves = List.copyOf(leaves);
    composites = List.copyOf(composites);
  }

  /// Reads the outline of a whole message, [#DEPTH] deep.
  ///
  /// @param header the message's own header section
  public static MimeOutline of(byte[] message, HeaderBlock header) {
    return of(message, header, DEPTH);
  }

  /// Reads the outline of a whole message.
  ///
  /// @param header the message's own header section
  /// @param depth of parts in one another; a multipart that lies deeper is opaque
  public static MimeOutline of(byte[] message, HeaderBlock header, int depth) {
    Scan scan = new Scan(message, depth);
    if (!scan.part(header, 0, message.length, "text/plain", 1)) {
      return new MimeOutline(List.of(opaque(0, header.bodyStart(), message.length, "")), List.of());
    }
    return new MimeOutline(scan.leaves, scan.composites);
  }

  private static Leaf opaque(int headerStart, int bodyStart, int bodyEnd, String mediaType) {
    return new Leaf(headerStart, bodyStart, bodyEnd, mediaType, "", "", false, true);
  }

  /// One reading of one message; confined to the thread that does it.
  private static final class Scan {
    private final byte[] message;
    private final List<Leaf> leaves = new ArrayList<>();
    private final List<Composite> composites = new ArrayList<>();
    private final int mostDepth;
    private int parts;

    Scan(byte[] message, int mostDepth) {
      this.message = message;
      this.mostDepth = mostDepth;
    }

    /// Adds the leaves of one part; false when the message has too many.
    boolean part(HeaderBlock header, int start, int end, String defaultType, int depth) {
      if (++parts > MAX_PARTS) {
        return false;
      }
      int bodyStart = Math.min(header.bodyStart(), end);
      Optional<FieldValue> type = single(header, "Content-Type", defaultType);
      Optional<FieldValue> encoding = single(header, "Content-Transfer-Encoding", "7bit");
      if (type.isEmpty() || encoding.isEmpty() || header.malformedAt() >= 0) {
        leaves.add(opaque(start, bodyStart, end, ""));
        return true;
      }
      String mediaType = type.get().token();
      if (OPAQUE.contains(mediaType)
          || mediaType.startsWith("message/")
          || header.first("Content-MD5").isPresent()) {
        leaves.add(opaque(start, bodyStart, end, mediaType));
        return true;
      }
      String transferEncoding = encoding.get().token();
      if (!mediaType.startsWith("multipart/")) {
        leaves.add(
            new Leaf(
                start,
                bodyStart,
                end,
                mediaType,
                type.get().parameter("charset").orElse(""),
                transferEncoding,
                isAttachment(header, type.get()),
                false));
        return true;
      }
      Optional<String> boundary = type.get().parameter("boundary").filter(Scan::isBoundary);
      List<int[]> children =
          boundary.isPresent() && depth < mostDepth && IDENTITY.contains(transferEncoding)
              ? children(boundary.get(), bodyStart, end)
              : List.of();
      if (children.isEmpty()) {
        leaves.add(opaque(start, bodyStart, end, mediaType));
        return true;
      }
      composites.add(new Composite(start, bodyStart, transferEncoding));
      String inner = mediaType.equals("multipart/digest") ? "message/rfc822" : "text/plain";
      for (int[] child : children) {
        HeaderBlock childHeader = HeaderBlock.parse(message, child[0], child[1]);
        if (!part(childHeader, child[0], child[1], inner, depth + 1)) {
          return false;
        }
      }
      return true;
    }

    /// A field that may stand once; empty when it is repeated or unclear.
    private static Optional<FieldValue> single(HeaderBlock header, String name, String fallback) {
      List<HeaderBlock.Field> fields = header.all(name);
      return switch (fields.size()) {
        case 0 -> FieldValue.parse(fallback);
        case 1 -> FieldValue.parse(header.value(fields.getFirst()));
        default -> Optional.empty();
      };
    }

    private static boolean isAttachment(HeaderBlock header, FieldValue type) {
      Optional<String> disposition = header.value("Content-Disposition");
      if (disposition.isEmpty()) {
        return type.parameters().containsKey("name");
      }
      Optional<FieldValue> value = FieldValue.parse(disposition.get());
      return value.isEmpty()
          || !value.get().token().equals("inline")
          || value.get().parameters().containsKey("filename");
    }

    /// RFC 2046 §5.1.1, which also forbids a space at the end.
    private static boolean isBoundary(String text) {
      return !text.isEmpty()
          && text.length() <= MAX_BOUNDARY
          && !text.endsWith(" ")
          && text.chars().allMatch(c -> c >= 0x20 && c < 0x7F);
    }

    /// The ranges between the boundary's lines; none when they are not all there or some follow the
    /// last.
    private List<int[]> children(String boundary, int from, int to) {
      byte[] delimiter = ("--" + boundary).getBytes(StandardCharsets.US_ASCII);
      List<int[]> ranges = new ArrayList<>();
      int childStart = -1;
      boolean closed = false;
      for (int line = from; line < to; line = lineEnd(line, to)) {
        Delimiter found = delimiter(delimiter, line, to);
        if (found == Delimiter.NONE) {
          continue;
        }
        if (closed || parts + ranges.size() > MAX_PARTS) {
          return List.of();
        }
        if (childStart >= 0) {
          ranges.add(new int[] {childStart, Math.max(childStart, withoutBreak(line))});
        }
        childStart = lineEnd(line, to);
        closed = found == Delimiter.LAST;
      }
      return closed ? ranges : List.of();
    }

    private enum Delimiter {
      NONE,
      BETWEEN,
      LAST
    }

    /// What the line is: `--boundary` or `--boundary--`, each with blanks behind it at most.
    private Delimiter delimiter(byte[] delimiter, int line, int to) {
      if (message[line] != '-' || to - line < delimiter.length) {
        return Delimiter.NONE;
      }
      for (int i = 0; i < delimiter.length; i++) {
        if (message[line + i] != delimiter[i]) {
          return Delimiter.NONE;
        }
      }
      int position = line + delimiter.length;
      boolean last = to - position >= 2 && message[position] == '-' && message[position + 1] == '-';
      position += last ? 2 : 0;
      while (position < to && (message[position] == ' ' || message[position] == '\t')) {
        position++;
      }
      if (position < to && message[position] == '\r') {
        position++;
      }
      if (position < to && message[position] != '\n') {
        return Delimiter.NONE;
      }
      return last ? Delimiter.LAST : Delimiter.BETWEEN;
    }

    private int lineEnd(int from, int to) {
      for (int i = from; i < to; i++) {
        if (message[i] == '\n') {
          return i + 1;
        }
      }
      return to;
    }

    /// The position before the line break that ends there.
    private int withoutBreak(int line) {
      return line >= 2 && message[line - 2] == '\r' ? line - 2 : line - 1;
    }
  }
}
