package dev.waybill.cli;

import dev.waybill.cli.output.Terminal;
import dev.waybill.cli.output.Tty;
import dev.waybill.cli.output.Tty.Size;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs commands in this process as a shell would, with its own environment and home.
final class Shell {
  /// What a command did.
  record Ran(int code, String out, String err) {}

  private final Map<String, String> environment = new HashMap<>();
  private String typed = "";
  private String secret = "";
  private @Nullable Size size;

  /// A shell whose user is not logged in anywhere.
  Shell(Path home) {
    environment.put("HOME", home.toString());
  }

  /// A shell that knows a relay and its key.
  Shell(Path home, FakeRelay relay) {
    this(home);
    environment.put("WAYBILL_URL", relay.url());
    environment.put("WAYBILL_API_KEY", FakeRelay.KEY);
  }

  Shell with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /// What the person at the terminal will type.
  Shell typing(String lines, String unseen) {
    typed = lines;
    secret = unseen;
    return this;
  }

  /// How large the screen is.
  Shell sized(int columns, int rows) {
    size = new Size(columns, rows);
    return this;
  }

  private record FixedTty(String answer, @Nullable Size screen) implements Tty {
    @Override
    public char[] secret(String question) {
      return answer.toCharArray();
    }

    @Override
    public Optional<Size> size() {
      return Optional.ofNullable(screen);
    }
  }

  /// Runs `waybillctl` with these words and no terminal.
  Ran run(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        AdminCli.run(
            words,
            input(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment);
    return ran(code, out, err);
  }

  /// Runs it with a person in front.
  Ran runOnTerminal(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            input(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            EnumSet.allOf(Terminal.Stream.class),
            new FixedTty(secret, size));
    return ran(AdminCli.run(words, terminal), out, err);
  }

  private ByteArrayInputStream input() {
    return new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8));
  }

  private static Ran ran(int code, ByteArrayOutputStream out, ByteArrayOutputStream err) {
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
