package dev.waybill.cli.live;

import dev.waybill.cli.client.Patience;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Terminal;
import dev.waybill.cli.output.Tty;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Draws a picture on the talk stream several times a second, each time over the last one, until it
/// is closed. A thread of its own draws; any thread may close it.
///
/// Terminals wrap long lines anew when their window becomes narrower, each in its own way. Where
/// that may have happened, the screen is cleared and the picture drawn at its top.
public final class LiveView implements AutoCloseable {
  private static final Duration FRAME = Duration.ofMillis(200);
  private static final Duration FOREVER = Duration.ofDays(3650);
  private static final int FRAMES_PER_MEASURE = 3;
  private static final String HIDE_CURSOR = "\033[?25l";
  private static final String SHOW_CURSOR = "\033[?25h";
  private static final String CLEAR_REST = "\033[J";
  private static final String CLEAR_LINE_END = "\033[K";
  private static final String CLEAR_ALL = "\033[H\033[2J";

  private final Terminal terminal;
  private final Picture picture;
  private final Thread drawing;
  private final Thread interrupted;
  private final AtomicBoolean asked = new AtomicBoolean();
  private Tty.Size size;
  private int tick;
  private int drawn;
  private int widest;
  private boolean closed;

  /// Begins to draw.
  ///
  /// @param farewell what a person reads who ends the program with Ctrl-C
  public LiveView(Terminal terminal, Picture picture, String farewell) {
    this.terminal = terminal;
    this.picture = picture;
    size = terminal.size();
    // What was typed before has moved the cursor before.
    int _ = terminal.enters();
    drawing = Thread.ofPlatform().daemon().name("live-view").unstarted(this::drawForever);
    interrupted = new Thread(() -> end(farewell), "live-view-end");
    Runtime.getRuntime().addShutdownHook(interrupted);
    boolean _ = draw();
    drawing.start();
  }

  /// Whether Enter was pressed since this was last asked.
  public boolean asked() {
    return asked.getAndSet(false);
  }

  /// Takes the picture away and leaves the cursor where it began.
  @Override
  public void close() {
    end("");
    drawing.interrupt();
    try {
      Runtime.getRuntime().removeShutdownHook(interrupted);
    } catch (IllegalStateException _) {
      // The program is ending, and the hook has run or finds nothing to do.
    }
  }

  private void drawForever() {
    Patience patience = new Patience(FRAME, FOREVER);
    try {
      do {
        tick++;
      } while (patience.pause() && draw());
    } catch (Failure _) {
      // Interrupted by close().
    }
  }

  private synchronized boolean draw() {
    if (closed) {
      return false;
    }
    StringBuilder screen = new StringBuilder(HIDE_CURSOR);
    int entered = terminal.enters();
    if (entered > 0) {
      asked.set(true);
      drawn += entered;
    }
    if (tick % FRAMES_PER_MEASURE == 0) {
      size = terminal.size();
    }
    if (widest >= size.columns() || drawn >= size.rows()) {
      screen.append(CLEAR_ALL);
    } else {
      up(screen);
    }
    // The last column and row stay free: a character there may wrap or scroll.
    Tty.Size room = new Tty.Size(size.columns() - 1, Math.max(1, size.rows() - 1));
    List<Line> lines = picture.lines(room, tick);
    drawn = Math.min(lines.size(), room.rows());
    widest = 0;
    for (Line line : lines.subList(0, drawn)) {
      screen.append(line).append(CLEAR_LINE_END).append('\n');
      widest = Math.max(widest, line.used());
    }
    print(screen.append(CLEAR_REST));
    return true;
  }

  /// Ctrl-C leaves the last picture standing, since it may say what is missing.
  private synchronized void end(String farewell) {
    if (closed) {
      return;
    }
    closed = true;
    StringBuilder screen = new StringBuilder();
    if (farewell.isEmpty()) {
      drawn += terminal.enters();
      if (widest < size.columns()) {
        up(screen);
      }
    } else {
      screen.append('\r');
    }
    screen.append(CLEAR_REST).append(SHOW_CURSOR);
    if (!farewell.isEmpty()) {
      screen.append(farewell).append('\n');
    }
    print(screen);
  }

  private void up(StringBuilder screen) {
    screen.append('\r');
    if (drawn > 0) {
      screen.append("\033[").append(drawn).append('A');
    }
  }

  private void print(StringBuilder screen) {
    terminal.err().print(screen);
    terminal.err().flush();
  }
}
