package dev.waybill.relay.rendering;

import java.util.List;
import java.util.Objects;

/// One range of a copy that is not as submitted, and why.
///
/// @param name what it is about: a header field's name, a signature's `domain/selector`, the
///   transfer encoding of a part; empty where the reason says it all
/// @param submitted the range in the submitted bytes; empty for what was added
/// @param sent the range in the copy; empty for what was removed
/// @param within the changes in the decoded text of a part that was encoded again; empty otherwise
public record Change(Reason reason, String name, Range submitted, Range sent, List<Within> within) {
  /// Some bytes.
  ///
  /// @param from the first one
  /// @param to behind the last one
  public record Range(int from, int to) {
    public int length() {
      return to - from;
    }
  }

  /// A change in decoded text, one character for each octet.
  public record Within(Reason reason, String before, String after) {}

  public Change {
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(name, "name");
    within = List.copyOf(within);
  }
}
