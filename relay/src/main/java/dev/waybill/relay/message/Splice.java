package dev.waybill.relay.message;

import java.util.List;
import java.util.Objects;

/// Replaces ranges of bytes and copies everything between them as it is.
///
/// Pure; any thread may use it.
public final class Splice {
  /// One range and what stands there afterwards.
  ///
  /// @param from the first byte replaced
  /// @param to behind the last byte replaced; equal to `from` for an insertion
  /// @param replacement the new bytes, possibly none; must not change any more
  public record Edit(int from, int to, byte[] replacement) {
    public Edit {
      Objects.requireNonNull(replacement, "replacement");
      if (from < 0 || to < from) {
        throw new IllegalArgumentException(
            "edit of [%d, %d) (expected: 0 <= from <= to)".formatted(from, to));
      }
    }
  }

  private Splice() {}

  /// The source with all edits made.
  ///
  /// @param edits in ascending order and without overlap; insertions at one place come out in order
  /// @throws IllegalArgumentException when they are out of order, overlap or lie outside
  public static byte[] apply(byte[] source, List<Edit> edits) {
    int position = 0;
    long length = source.length;
    for (Edit edit : edits) {
      if (edit.from() < position || edit.to() > source.length) {
        throw new IllegalArgumentException(
            "edit of [%d, %d) (expected: ascending, without overlap, behind %d, within %d)"
                .formatted(edit.from(), edit.to(), position, source.length));
      }
      length += edit.replacement().length - (edit.to() - edit.from());
      position = edit.to();
    }
    byte[] result = new byte[Math.toIntExact(length)];
    int read = 0;
    int written = 0;
    for (Edit edit : edits) {
      int kept = edit.from() - read;
      System.arraycopy(source, read, result, written, kept);
      written += kept;
      System.arraycopy(edit.replacement(), 0, result, written, edit.replacement().length);
      written += edit.replacement().length;
      read = edit.to();
    }
    System.arraycopy(source, read, result, written, source.length - read);
    return result;
  }
}
