package dev.waybill.cli.commands;

import dev.waybill.cli.client.Patience;
import dev.waybill.cli.live.Line;
import dev.waybill.cli.live.Picture;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Paint;
import dev.waybill.cli.output.Terminal;
import dev.waybill.cli.output.Text;
import dev.waybill.cli.output.Tty;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A domain on its way to being verified: each record with its state and what is wrong with it, how
/// long it has been and when the relay looks next. One thread sets what is known, another draws.
final class VerificationPicture implements Picture {
  /// How much is told of each record, from all to the least.
  private enum Detail {
    EVERYTHING,
    REQUIRED,
    NAMES
  }

  /// @param domain what the relay said last
  /// @param next when it is asked to look again, from the beginning of the wait
  /// @param looking whether it is looking at this moment
  private record State(JsonNode domain, Duration next, boolean looking) {}

  private static final int INDENT = 16;
  private static final String[] TURNING = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
  private static final String[] TURNING_ASCII = {"|", "/", "-", "\\"};

  private final Paint paint;
  private final boolean unicode;
  private final Patience patience;
  private final Duration timeout;
  private volatile State state;

  VerificationPicture(Terminal terminal, Patience patience, Duration timeout, JsonNode domain) {
    state = new State(domain, timeout, false);
    this.paint = terminal.talkPaint();
    this.unicode = terminal.showsUnicode();
    this.patience = patience;
    this.timeout = timeout;
  }

  /// Takes what the relay said.
  void show(JsonNode domain, Duration next) {
    state = new State(domain, next, false);
  }

  /// Tells that the relay is looking.
  void look() {
    state = new State(state.domain(), state.next(), true);
  }

  @Override
  public List<Line> lines(Tty.Size room, int tick) {
    State known = state;
    List<Line> footer = footer(known, room.columns(), tick);
    int left = room.rows() - footer.size() - 2;
    List<Line> lines = new ArrayList<>();
    lines.add(heading(known.domain(), room.columns()));
    lines.add(new Line(room.columns()));
    for (Detail detail : Detail.values()) {
      List<Line> records = records(known.domain(), room.columns(), detail);
      if (records.size() <= left || detail == Detail.NAMES) {
        lines.addAll(records.subList(0, Math.clamp(left, 0, records.size())));
        break;
      }
    }
    lines.addAll(footer);
    return lines;
  }

  private Line heading(JsonNode domain, int width) {
    int verified = 0;
    int required = 0;
    for (JsonNode record : domain.path("records")) {
      if (record.path("required").asBoolean(false)) {
        required++;
        verified += isVerified(record) ? 1 : 0;
      }
    }
    String status = Column.text(domain.path("status"));
    return new Line(width)
        .add(Column.text(domain.path("name")), paint::strong)
        .add(": ")
        .add(status, paint::status)
        .add(", %d of %d required records are right".formatted(verified, required));
  }

  private List<Line> records(JsonNode domain, int width, Detail detail) {
    List<Line> lines = new ArrayList<>();
    for (JsonNode record : domain.path("records")) {
      String status = Column.text(record.path("status"));
      boolean required = record.path("required").asBoolean(false);
      Line line =
          new Line(width)
              .add(mark(status) + " ", text -> colour(status, text))
              .add(word(status), text -> colour(status, text))
              .to(INDENT)
              .add(Column.text(record.path("type")))
              .to(INDENT + 6)
              .add(Column.text(record.path("fqdn")));
      lines.add(required ? line : line.add("  optional", paint::faint));
      boolean explained =
          switch (detail) {
            case EVERYTHING -> true;
            case REQUIRED -> required;
            case NAMES -> false;
          };
      if (explained && !isVerified(record)) {
        explain(Column.text(record.path("explanation")), width, lines);
      }
    }
    return lines;
  }

  private void explain(String explanation, int width, List<Line> lines) {
    if (explanation.isEmpty()) {
      return;
    }
    int indent = INDENT + 6;
    for (String part : Text.wrap(Text.visible(explanation), width - indent)) {
      lines.add(new Line(width).to(indent).add(part, paint::faint));
    }
  }

  private List<Line> footer(State known, int width, int tick) {
    Duration elapsed = patience.elapsed();
    String[] turning = unicode ? TURNING : TURNING_ASCII;
    String when = known.looking() ? "looking now" : "next look " + in(known.next().minus(elapsed));
    String gone = Text.duration(Duration.ofSeconds(elapsed.toSeconds()));
    Line clock =
        new Line(width)
            .add(turning[tick % turning.length] + " ", paint::strong)
            .add((elapsed.toSeconds() == 0 ? "0s" : gone) + ", ")
            .add(when)
            .add(", gives up " + in(timeout.minus(elapsed)));
    Line keys =
        new Line(width).add("  Enter looks now; Ctrl-C stops waiting, not the relay", paint::faint);
    return List.of(new Line(width), clock, keys);
  }

  private static String in(Duration left) {
    return left.compareTo(Duration.ofSeconds(1)) < 0
        ? "now"
        : "in " + Text.duration(Duration.ofSeconds(left.toSeconds()));
  }

  private static boolean isVerified(JsonNode record) {
    return Column.text(record.path("status")).equals("verified");
  }

  private String colour(String status, String text) {
    return switch (status) {
      case "verified" -> paint.good(text);
      case "failed" -> paint.bad(text);
      case "not_started" -> paint.faint(text);
      default -> paint.warning(text);
    };
  }

  private String mark(String status) {
    return switch (status) {
      case "verified" -> unicode ? "✓" : "+";
      case "failed" -> unicode ? "✗" : "x";
      case "not_started" -> unicode ? "·" : ".";
      default -> unicode ? "…" : "~";
    };
  }

  private static String word(String status) {
    return switch (status) {
      case "not_started" -> "not seen yet";
      case "temporary_failure" -> "gone for now";
      default -> status;
    };
  }
}
