package dev.waybill.cli.transfer;

import dev.waybill.cli.live.Line;
import dev.waybill.cli.live.LiveView;
import dev.waybill.cli.live.Picture;
import dev.waybill.cli.output.Terminal;
import dev.waybill.cli.output.Tty;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// How far something long is: a bar on a terminal, nothing elsewhere. Any thread may count; one
/// thread opens and closes it.
public final class Progress implements AutoCloseable {
  private static final int BAR = 30;

  private final AtomicLong done = new AtomicLong();
  private final @Nullable LiveView view;

  /// @param what is counted, such as `addresses`
  /// @param total how many there will be; 0 when nobody knows
  public Progress(Terminal terminal, String what, long total) {
    Picture picture = (room, _) -> List.of(line(room, what, total));
    view = terminal.redraws() ? new LiveView(terminal, picture, "Stopped at " + what + ".") : null;
  }

  /// Counts on.
  public void add(long more) {
    done.addAndGet(more);
  }

  @Override
  public void close() {
    if (view != null) {
      view.close();
    }
  }

  private Line line(Tty.Size room, String what, long total) {
    long now = done.get();
    Line line = new Line(room.columns());
    if (total > 0) {
      long share = Math.min(100, now * 100 / total);
      int filled = (int) (share * BAR / 100);
      line.add("[" + "#".repeat(filled) + " ".repeat(BAR - filled) + "] " + share + " %  ");
    }
    return line.add(String.format(Locale.ROOT, "%,d %s", now, what));
  }
}
