package dev.waybill.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// Obeys the control file, and does what is asked when a point is passed.
///
///     arm POINT ACTION HIT TIMES   acts at the HIT-th passage from now on, and TIMES times in all
///     clock WALL MONOTONIC         moves the clocks by so many milliseconds from their real time
///     sweep                        removes what nobody needs now, instead of within a minute
///
/// ACTION is `kill` (the process ends as it stands), `runtime`, `sql`, `io`, `error` (something is
/// thrown), or `pause` and milliseconds, such as `pause500`.
public final class Control {
  private static final long LOOK_MILLIS = 10;
  private static volatile Control active;

  private record Armed(String point, String action, int hit, int times, int[] passed) {}

  private final Path folder;
  private volatile Armed armed;
  private volatile long wallMillis;
  private volatile long monotonicMillis;
  private volatile Object queue;
  private long read;

  private Control(Path folder) {
    this.folder = folder;
  }

  /// Reads what was asked before the start.
  static Control open(Path folder) throws IOException {
    Control control = new Control(folder);
    active = control;
    control.look();
    return control;
  }

  void start() {
    Thread.ofPlatform().name("chaos").daemon(true).start(this::watch);
  }

  /// Called by woven code.
  public static void hit(String point) {
    Control control = active;
    Armed now = control.armed;
    if (now != null && now.point().equals(point)) {
      control.passed(now);
    }
  }

  /// Called by woven code.
  public static void queue(Object started) {
    active.queue = started;
  }

  /// Called by woven code.
  public static InstantSource moved(InstantSource real) {
    Control control = active;
    return () -> {
      Instant now = real.instant();
      return now.plusMillis(control.wallMillis);
    };
  }

  /// Called by woven code.
  public static LongSupplier moved(LongSupplier real) {
    Control control = active;
    return () -> real.getAsLong() + control.monotonicMillis * 1_000_000;
  }

  void woven(String point) {
    write("woven", point);
  }

  void problem(String text) {
    write("problem", text);
  }

  private void passed(Armed now) {
    int count;
    synchronized (now) {
      count = ++now.passed()[0];
    }
    if (count < now.hit() || count >= now.hit() + now.times()) {
      return;
    }
    write("fired", System.nanoTime() + " " + now.point() + " " + now.action());
    switch (now.action()) {
      case "kill" -> Runtime.getRuntime().halt(137);
      case "runtime" -> throw new IllegalStateException("chaos at " + now.point());
      case "sql" -> Control.<RuntimeException>raise(new SQLException("chaos at " + now.point()));
      case "io" -> Control.<RuntimeException>raise(new IOException("chaos at " + now.point()));
      case "error" -> throw new StackOverflowError("chaos at " + now.point());
      default -> pause(Long.parseLong(now.action().substring("pause".length())));
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void raise(Throwable checked) throws T {
    throw (T) checked;
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch() {
    while (true) {
      pause(LOOK_MILLIS);
      try {
        look();
      } catch (IOException | RuntimeException failure) {
        problem("the control file: " + failure);
      }
    }
  }

  /// Obeys the whole lines that are new in the control file.
  private void look() throws IOException {
    Path file = folder.resolve("control");
    if (!Files.exists(file) || Files.size(file) == read) {
      return;
    }
    byte[] fresh;
    try (RandomAccessFile control = new RandomAccessFile(file.toFile(), "r")) {
      control.seek(read);
      fresh = new byte[(int) (control.length() - read)];
      control.readFully(fresh);
    }
    String text = new String(fresh, StandardCharsets.US_ASCII);
    int end = text.lastIndexOf('\n') + 1;
    read += end;
    text.substring(0, end).lines().forEach(this::obey);
  }

  private void obey(String line) {
    String[] words = line.split(" ");
    switch (words[0]) {
      case "arm" ->
          armed =
              new Armed(
                  words[1],
                  words[2],
                  Integer.parseInt(words[3]),
                  Integer.parseInt(words[4]),
                  new int[1]);
      case "clock" -> {
        wallMillis = Long.parseLong(words[1]);
        monotonicMillis = Long.parseLong(words[2]);
      }
      case "sweep" -> sweep();
      default -> throw new IllegalArgumentException(line);
    }
    write("obeyed", line);
  }

  private void sweep() {
    try {
      Method sweep = queue.getClass().getDeclaredMethod("sweepNow");
      sweep.setAccessible(true);
      sweep.invoke(queue);
    } catch (ReflectiveOperationException | NullPointerException failure) {
      problem("no sweep: " + failure);
    }
  }

  private void write(String file, String line) {
    try {
      Files.writeString(
          folder.resolve(file),
          line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
