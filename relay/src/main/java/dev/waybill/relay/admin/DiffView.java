package dev.waybill.relay.admin;

import dev.waybill.relay.rendering.Change;
import dev.waybill.relay.rendering.Comparisons.Comparison;
import dev.waybill.relay.rendering.Excerpt;
import dev.waybill.relay.rendering.Explanation;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/// What the relay changed in one recipient's copy, as the API shows it.
///
/// @param others how many more recipients the message has
/// @param exact whether this is the copy that was sent
/// @param note for people: what the copy is
/// @param submittedSize in octets
/// @param sentSize in octets, with the signatures that are shown
/// @param changes in order, the first thousand
/// @param omitted how many more there are
record DiffView(
    String object,
    UUID id,
    String recipient,
    int others,
    boolean exact,
    String note,
    int submittedSize,
    int sentSize,
    List<ChangeView> changes,
    int omitted) {
  private static final int MAX_CHANGES = 1_000;
  private static final int MAX_WITHIN = 200;

  /// @param name what it is about, such as a header field's name; empty where the reason says it
  /// @param lead what stands before it on its line, unchanged; texts are read as UTF-8 and bounded
  /// @param within the changes in the decoded text of a part that was encoded again
  record ChangeView(
      String reason,
      String title,
      String name,
      RangeView submitted,
      RangeView sent,
      String lead,
      String removed,
      String added,
      String trail,
      List<WithinView> within) {}

  /// @param from the first byte
  /// @param to behind the last byte
  record RangeView(int from, int to) {
    static RangeView of(Change.Range range) {
      return new RangeView(range.from(), range.to());
    }
  }

  record WithinView(String reason, String title, String removed, String added) {}

  static DiffView of(Comparison comparison) {
    Explanation explained = comparison.explanation();
    int changes = explained.changes().size();
    return new DiffView(
        "email_diff",
        comparison.delivery().messageId(),
        comparison.recipient(),
        comparison.others(),
        comparison.isExact(),
        comparison.note(),
        explained.submitted().length,
        explained.sent().length,
        IntStream.range(0, Math.min(changes, MAX_CHANGES))
            .mapToObj(index -> change(explained, index))
            .toList(),
        Math.max(0, changes - MAX_CHANGES));
  }

  private static ChangeView change(Explanation explained, int index) {
    Change change = explained.changes().get(index);
    Excerpt excerpt = Excerpt.of(explained, index);
    return new ChangeView(
        change.reason().text(),
        change.reason().sentence(),
        change.name(),
        RangeView.of(change.submitted()),
        RangeView.of(change.sent()),
        excerpt.lead(),
        excerpt.removed(),
        excerpt.added(),
        excerpt.trail(),
        change.within().stream()
            .limit(MAX_WITHIN)
            .map(within ->
                new WithinView(
                    within.reason().text(),
                    within.reason().sentence(),
                    Excerpt.bounded(within.before()),
                    Excerpt.bounded(within.after())))
            .toList());
  }
}
