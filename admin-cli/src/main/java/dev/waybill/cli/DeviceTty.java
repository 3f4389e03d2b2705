package dev.waybill.cli;

import dev.waybill.cli.output.Tty;
import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The terminal that this process was started from. Its size is asked of `stty`, since Java knows
/// no way of its own. Thread-safe.
///
/// @param console null where Java finds no keyboard
record DeviceTty(@Nullable Console console) implements Tty {
  private static final File DEVICE = new File("/dev/tty");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,5}) ([0-9]{1,5})");
  private static final int LONGEST_ANSWER = 64;
  private static final long PATIENCE_MILLIS = 500;

  @Override
  public char @Nullable [] secret(String question) {
    return console == null ? null : console.readPassword("%s", question);
  }

  @Override
  public Optional<Size> size() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(DEVICE)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        stty.destroyForcibly();
        return Optional.empty();
      }
      byte[] answer = stty.getInputStream().readNBytes(LONGEST_ANSWER);
      Matcher size = SIZE.matcher(new String(answer, StandardCharsets.US_ASCII).strip());
      return size.matches()
          ? Optional.of(new Size(Integer.parseInt(size.group(2)), Integer.parseInt(size.group(1))))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
