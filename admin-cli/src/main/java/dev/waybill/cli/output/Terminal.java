package dev.waybill.cli.output;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where a command was started: its three streams, which of them a person sits at, and the
/// environment. Data goes to [#out], talk to [#say]; nothing else in this program prints. One
/// thread uses it.
public final class Terminal {
  private static final int MAX_LINE = 4096;
  private static final int NARROWEST = 40;
  private static final int USUAL_WIDTH = 80;
  private static final int USUAL_HEIGHT = 24;

  /// The streams of a process.
  public enum Stream {
    IN,
    OUT,
    ERR
  }

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> environment;
  private final Set<Stream> interactive;
  private final Tty tty;

  /// @param interactive which streams are a terminal
  /// @param tty the screen and keyboard, if any
  public Terminal(
      InputStream in,
      PrintStream out,
      PrintStream err,
      Map<String, String> environment,
      Set<Stream> interactive,
      Tty tty) {
    this.in = in;
    this.out = out;
    this.err = err;
    this.environment = Map.copyOf(environment);
    this.interactive = Set.copyOf(interactive);
    this.tty = tty;
  }

  /// The stream for data.
  public PrintStream out() {
    return out;
  }

  /// The stream for talk, for what is not a whole line; otherwise use [#say].
  public PrintStream err() {
    return err;
  }

  /// Tells the person at the terminal something that is not data. Control characters are shown, not
  /// sent.
  public void say(String line) {
    err.println(Text.visible(line));
    err.flush();
  }

  /// As [#say], with lines broken between words where a screen ends. Not for what somebody copies.
  public void explain(String text) {
    String safe = Text.visible(text);
    List<String> lines =
        interactive.contains(Stream.ERR) ? Text.wrap(safe, size().columns()) : List.of(safe);
    lines.forEach(err::println);
    err.flush();
  }

  /// The colours of the data stream: none unless it is a terminal that wants them.
  public Paint paint() {
    return new Paint(colours(Stream.OUT));
  }

  /// The colours of the talk stream.
  public Paint talkPaint() {
    return new Paint(colours(Stream.ERR));
  }

  /// Whether talk may be redrawn in place.
  public boolean redraws() {
    return interactive.contains(Stream.ERR) && !dumb();
  }

  /// How many columns the data stream has; empty when it is no terminal, so that nothing need be
  /// wrapped.
  public OptionalInt width() {
    return interactive.contains(Stream.OUT) ? OptionalInt.of(columns()) : OptionalInt.empty();
  }

  /// How much fits on the screen now. A person may have made the window smaller a moment ago.
  public Tty.Size size() {
    return tty.size()
        .filter(size -> size.columns() > 0 && size.rows() > 0)
        .orElseGet(() -> new Tty.Size(columns(), USUAL_HEIGHT));
  }

  /// Whether the screen shows more than ASCII, as the locale says.
  public boolean showsUnicode() {
    for (String name : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
      String locale = variable(name);
      if (locale != null) {
        return locale.toUpperCase(Locale.ROOT).replace("-", "").contains("UTF8");
      }
    }
    return false;
  }

  /// How often the person has pressed Enter since this was last asked; what else was typed is
  /// dropped. Never waits.
  public int enters() {
    int enters = 0;
    if (!asks()) {
      return enters;
    }
    try {
      for (int left = Math.min(in.available(), MAX_LINE); left > 0; left--) {
        int next = in.read();
        if (next == '\n') {
          enters++;
        } else if (next < 0) {
          break;
        }
      }
    } catch (IOException _) {
      return enters;
    }
    return enters;
  }

  /// A variable of the environment; empty text counts as absent.
  public @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : value;
  }

  /// Whether questions can be asked.
  public boolean asks() {
    return interactive.contains(Stream.IN);
  }

  /// Asks on the talk stream and reads one line; empty at the end of the input.
  public String ask(String question) throws Failure {
    err.print(question);
    err.flush();
    byte[] line = new byte[MAX_LINE];
    int length = 0;
    try {
      for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
        if (length == MAX_LINE) {
          throw new Failure(ExitCode.USAGE, "the answer is longer than " + MAX_LINE + " bytes", "");
        }
        line[length++] = (byte) next;
      }
    } catch (IOException e) {
      throw new Failure(ExitCode.FAILED, "cannot read the answer: " + e.getMessage(), "");
    }
    return new String(line, 0, length, StandardCharsets.UTF_8).strip();
  }

  /// Asks for something that must not be seen; empty when nothing was typed or there is no
  /// keyboard.
  public String askSecret(String question) {
    char[] answer = tty.secret(question);
    return answer == null ? "" : new String(answer).strip();
  }

  private boolean colours(Stream stream) {
    return interactive.contains(stream) && variable("NO_COLOR") == null && !dumb();
  }

  private boolean dumb() {
    return "dumb".equals(String.valueOf(variable("TERM")).toLowerCase(Locale.ROOT));
  }

  private int columns() {
    String columns = variable("COLUMNS");
    // A terminal that does not know its size says 0.
    if (columns == null || !columns.matches("[1-9][0-9]{0,3}")) {
      return USUAL_WIDTH;
    }
    return Math.max(NARROWEST, Integer.parseInt(columns));
  }
}
