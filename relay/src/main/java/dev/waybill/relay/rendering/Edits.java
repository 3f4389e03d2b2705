package dev.waybill.relay.rendering;

import dev.waybill.relay.message.Splice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The changes of one copy in ascending order, each with its reason.
///
/// Confined to the thread that renders the copy. What it keeps besides the changes themselves is
/// one reference for each: every copy pays for it, and hardly any is ever explained.
final class Edits {
  /// A part that was encoded again, and the changes in its text that made it so.
  record Encoded(PartText part, List<TextEdit> edits) {}

  private final List<Splice.Edit> splices = new ArrayList<>();
  private final List<Reason> reasons = new ArrayList<>();
  private final Map<Integer, Encoded> encoded = HashMap.newHashMap(0);

  void add(Splice.Edit edit, Reason reason) {
    splices.add(edit);
    reasons.add(reason);
  }

  void addEncodedAgain(Splice.Edit edit, PartText part, List<TextEdit> edits) {
    encoded.put(splices.size(), new Encoded(part, edits));
    add(edit, Reason.PART_ENCODED_AGAIN);
  }

  int size() {
    return splices.size();
  }

  /// Whether any of them from the given one on brings octets above 127.
  boolean addEightBit(int first) {
    for (int i = first; i < splices.size(); i++) {
      byte[] octets = splices.get(i).replacement();
      if (PreparedMessage.hasEightBit(octets, 0, octets.length)) {
        return true;
      }
    }
    return false;
  }

  byte[] apply(byte[] source) {
    return Splice.apply(source, splices);
  }

  Splice.Edit splice(int index) {
    return splices.get(index);
  }

  Reason reason(int index) {
    return reasons.get(index);
  }

  /// What was changed within a part that was encoded again.
  Encoded encodedAgain(int index) {
    return Objects.requireNonNull(encoded.get(index), "not encoded again");
  }
}
