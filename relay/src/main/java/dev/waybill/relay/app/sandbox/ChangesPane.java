package dev.waybill.relay.app.sandbox;

import static dev.waybill.relay.app.sandbox.Markup.escape;

import dev.waybill.relay.app.sandbox.Mailroom.Letter;
import dev.waybill.relay.rendering.Change;
import dev.waybill.relay.rendering.Change.Range;
import dev.waybill.relay.rendering.Change.Within;
import dev.waybill.relay.rendering.Comparisons.Comparison;
import dev.waybill.relay.rendering.Excerpt;
import dev.waybill.relay.rendering.Explanation;
import java.util.Arrays;
import java.util.Optional;

/// What the relay changed in a message, each change with its reason, held against the bytes that
/// really arrived. Where these are others, the lines in which they differ, without reasons.
final class ChangesPane {
  private static final int MAX_SHOWN = 512 * 1024;
  private static final int MAX_CHANGES = 500;
  private static final int MAX_LINE = 2_000;

  private ChangesPane() {}

  /// What was found when the explained copy was held against what arrived.
  private enum Agreement {
    /// The copy, octet for octet.
    WHOLE,
    /// The copy but for its signatures.
    UNSIGNED,
    /// Something else.
    NONE
  }

  /// @param submitted empty when the bytes are no longer kept
  /// @param comparison empty when the relay does not know the message
  static String html(Letter letter, Optional<byte[]> submitted, Optional<Comparison> comparison) {
    if (submitted.isEmpty()) {
      return "<p class=\"note\">The bytes that were submitted are no longer kept.</p>";
    }
    byte[] arrived = letter.arrival().content();
    Optional<Explanation> explained = comparison.map(Comparison::explanation);
    Agreement agreement = explained.map(each -> agreement(each, arrived)).orElse(Agreement.NONE);
    StringBuilder html = new StringBuilder();
    html.append(
        "<p class=\"note\"><span class=\"del\">as your application submitted it</span> <span class=\"ins\">as it was sent</span> · <a href=\"/sandbox/api/messages/%s/submitted\" download=\"submitted.eml\">download the submitted bytes</a></p>"
            .formatted(letter.id()));
    html.append(
        "<p class=\"note\">%s</p><div class=\"diff\">"
            .formatted(escape(found(agreement, explained, arrived))));
    if (explained.isPresent() && agreement != Agreement.NONE) {
      changes(explained.get(), html);
    } else {
      lines(submitted.get(), arrived, html);
    }
    return html.append("</div>").toString();
  }

  /// A receiving host puts its own fields on top of what it was sent.
  private static Agreement agreement(Explanation explained, byte[] arrived) {
    byte[] sent = explained.sent();
    if (endsWith(arrived, sent, 0)) {
      return Agreement.WHOLE;
    }
    return endsWith(arrived, sent, explained.signed()) ? Agreement.UNSIGNED : Agreement.NONE;
  }

  private static boolean endsWith(byte[] whole, byte[] end, int from) {
    int start = whole.length - (end.length - from);
    return start >= 0 && Arrays.equals(whole, start, whole.length, end, from, end.length);
  }

  private static String found(
      Agreement agreement, Optional<Explanation> explained, byte[] arrived) {
    return switch (agreement) {
      case WHOLE -> {
        int own = arrived.length - explained.map(each -> each.sent().length).orElse(0);
        yield "Checked: with these changes, and no others, what was submitted is what arrived, all %,d bytes%s."
            .formatted(
                arrived.length,
                own == 0 ? "" : " but for %,d that the receiving host put on top".formatted(own));
      }
      case UNSIGNED ->
          "Checked: with these changes, and no others, what was submitted is what arrived, but for the signatures, which were made at another time or with another key.";
      case NONE ->
          "What arrived is not the copy that the relay makes now: its settings have changed since, or the message was changed on its way. These are the lines that differ.";
    };
  }

  private static void changes(Explanation explained, StringBuilder html) {
    int shown = Math.min(explained.changes().size(), MAX_CHANGES);
    for (int i = 0; i < shown; i++) {
      Change change = explained.changes().get(i);
      html.append(
          "<div class=\"reason\"><b>%s</b> %s<span>bytes %s submitted, %s sent</span></div>"
              .formatted(
                  escape(change.reason().sentence()),
                  escape(change.name()),
                  range(change.submitted()),
                  range(change.sent())));
      if (change.within().isEmpty()) {
        Excerpt excerpt = Excerpt.of(explained, i);
        boolean partOfALine = !excerpt.lead().isEmpty() || !excerpt.trail().isEmpty();
        side("removed", excerpt.lead(), excerpt.removed(), excerpt.trail(), partOfALine, html);
        side("added", excerpt.lead(), excerpt.added(), excerpt.trail(), partOfALine, html);
      }
      for (Within within : change.within()) {
        html.append(
            "<div class=\"skip\">in the decoded text: %s</div>"
                .formatted(escape(within.reason().sentence())));
        side("removed", "", Excerpt.bounded(within.before()), "", false, html);
        side("added", "", Excerpt.bounded(within.after()), "", false, html);
      }
    }
    if (explained.changes().size() > shown) {
      html.append(
          "<div class=\"skip\">%,d more changes are not shown</div>"
              .formatted(explained.changes().size() - shown));
    }
  }

  private static void side(
      String kind,
      String lead,
      String text,
      String trail,
      boolean partOfALine,
      StringBuilder html) {
    if (!partOfALine && text.isEmpty()) {
      return;
    }
    String shown = text.endsWith("\r\n") ? text.substring(0, text.length() - 2) : text;
    html.append(
        "<div class=\"%s\">%s<mark>%s</mark>%s</div>"
            .formatted(kind, escape(lead), escape(shown.replace("\r\n", "\n")), escape(trail)));
  }

  private static String range(Range range) {
    return range.length() == 0
        ? Integer.toString(range.from())
        : range.from() + "–" + (range.to() - 1);
  }

  private static void lines(byte[] submitted, byte[] arrived, StringBuilder html) {
    int octets = 0;
    for (LineDiff.Line line : LineDiff.between(submitted, arrived)) {
      octets += line.text().length();
      if (octets > MAX_SHOWN) {
        html.append("<div class=\"skip\">more differences are not shown</div>");
        break;
      }
      String kind =
          switch (line.kind()) {
            case SAME -> "same";
            case REMOVED -> "removed";
            case ADDED -> "added";
            case SKIPPED -> "skip";
          };
      String text = line.text();
      html.append(
          "<div class=\"%s\">%s</div>"
              .formatted(
                  kind,
                  escape(text.length() > MAX_LINE ? text.substring(0, MAX_LINE) + "…" : text)));
    }
  }
}
