package dev.waybill.relay.rendering;

import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.Splice;
import dev.waybill.relay.rendering.Change.Range;
import dev.waybill.relay.rendering.Change.Within;
import java.util.ArrayList;
import java.util.List;

/// A copy beside what was submitted, with every range in which they differ.
///
/// Putting the changed ranges of the copy in the place of those of the submitted bytes gives the
/// copy, octet for octet.
///
/// @param submitted must not be changed
/// @param sent the copy, with the signatures whose keys are there; must not be changed
/// @param digest of the copy before signing
/// @param changes in the order of the copy
public record Explanation(byte[] submitted, byte[] sent, String digest, List<Change> changes) {
  /// A signature to stand before the copy.
  ///
  /// @param name `domain/selector`
  /// @param field the whole field; no bytes when its key is not there any more
  record Signature(String name, byte[] field) {}

  public Explanation {
    changes = List.copyOf(changes);
  }

  /// How many bytes of the copy are signatures; the rest begins there.
  public int signed() {
    return changes.stream()
        .filter(change -> change.reason() == Reason.SIGNATURE_ADDED)
        .mapToInt(change -> change.sent().to())
        .max()
        .orElse(0);
  }

  static Explanation of(
      byte[] submitted, PreparedMessage.Unsigned copy, String digest, List<Signature> signatures) {
    List<Change> changes = new ArrayList<>();
    int at = 0;
    for (Signature signature : signatures) {
      int end = at + signature.field().length;
      changes.add(
          change(Reason.SIGNATURE_ADDED, signature.name(), new Range(0, 0), new Range(at, end)));
      at = end;
    }
    byte[] sent = new byte[at + copy.bytes().length];
    System.arraycopy(copy.bytes(), 0, sent, at, copy.bytes().length);
    for (Signature signature : signatures.reversed()) {
      at -= signature.field().length;
      System.arraycopy(signature.field(), 0, sent, at, signature.field().length);
    }
    int behind = sent.length - copy.bytes().length;
    Edits edits = copy.edits();
    for (int i = 0; i < edits.size(); i++) {
      Splice.Edit edit = edits.splice(i);
      int from = edit.from() + behind;
      add(edits, i, submitted, from, changes);
      behind += edit.replacement().length - (edit.to() - edit.from());
    }
    return new Explanation(submitted, sent, digest, changes);
  }

  /// @param from where the edit's replacement stands in the copy
  private static void add(
      Edits edits, int index, byte[] submitted, int from, List<Change> changes) {
    Splice.Edit edit = edits.splice(index);
    Reason reason = edits.reason(index);
    Range before = new Range(edit.from(), edit.to());
    Range after = new Range(from, from + edit.replacement().length);
    switch (reason) {
      case FIELD_ADDED -> {
        for (HeaderBlock.Field field : HeaderBlock.parse(edit.replacement()).fields()) {
          changes.add(
              change(
                  reason,
                  field.name(),
                  before,
                  new Range(from + field.start(), from + field.end())));
        }
      }
      case CONTROL_FIELD_REMOVED, BCC_REMOVED, RETURN_PATH_REMOVED ->
          changes.add(
              change(
                  reason,
                  HeaderBlock.parse(submitted, edit.from(), edit.to()).fields().getFirst().name(),
                  before,
                  after));
      case PART_ENCODED_AGAIN ->
          changes.add(
              new Change(reason, "base64", before, after, within(edits.encodedAgain(index))));
      case SIGNATURE_ADDED,
          LINK_COUNTED,
          PIXEL_ADDED,
          FOOTER_ADDED,
          PLACEHOLDER_FILLED,
          LINE_BREAK_ADDED ->
          changes.add(change(reason, "", before, after));
    }
  }

  private static List<Within> within(Edits.Encoded encoded) {
    String text = encoded.part().text();
    return encoded.edits().stream()
        .map(edit ->
            new Within(edit.reason(), text.substring(edit.from(), edit.to()), edit.replacement()))
        .toList();
  }

  private static Change change(Reason reason, String name, Range submitted, Range sent) {
    return new Change(reason, name, submitted, sent, List.of());
  }
}
