package dev.waybill.cli;

import dev.waybill.cli.commands.CommandTree;
import dev.waybill.cli.commands.Waybillctl;
import dev.waybill.cli.output.Terminal;
import dev.waybill.cli.output.Terminal.Stream;
import dev.waybill.cli.output.Tty;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `waybillctl`: the administrator's hand on a relay, over its admin API. Runs one command and
/// ends.
public final class AdminCli {
  /// Set by the launcher: which of the streams 0, 1 and 2 are a terminal, such as `012`. Java
  /// itself can only tell whether both 0 and 1 are.
  private static final String TERMINALS = "waybillctl.terminals";

  private AdminCli() {}

  /// Runs one command and exits with its code.
  public static void main(String[] args) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    Console console = System.console();
    Terminal terminal =
        new Terminal(
            System.in,
            out,
            err,
            System.getenv(),
            interactive(System.getProperty(TERMINALS), console),
            new DeviceTty(console));
    System.exit(run(args, terminal));
  }

  /// Runs one command without a terminal and tells its exit code; nothing is read from the process
  /// but what is given.
  public static int run(
      String[] args, InputStream in, PrintStream out, PrintStream err, Map<String, String> env) {
    return run(args, new Terminal(in, out, err, env, Set.of(), Tty.NONE));
  }

  /// Runs one command where the terminal says and tells its exit code.
  public static int run(String[] args, Terminal terminal) {
    String version = version();
    try (Waybillctl root = new Waybillctl(terminal, "waybillctl/" + version)) {
      return CommandTree.of(root, version).execute(args);
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  private static Set<Stream> interactive(@Nullable String terminals, @Nullable Console console) {
    Set<Stream> interactive = EnumSet.noneOf(Stream.class);
    for (Stream stream : Stream.values()) {
      boolean is =
          terminals == null
              ? console != null && console.isTerminal()
              : terminals.contains(Integer.toString(stream.ordinal()));
      if (is) {
        interactive.add(stream);
      }
    }
    return interactive;
  }

  private static String version() {
    try (InputStream file = AdminCli.class.getResourceAsStream("version.txt")) {
      return file == null
          ? "unknown"
          : new String(file.readNBytes(64), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
