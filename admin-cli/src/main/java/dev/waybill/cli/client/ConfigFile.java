package dev.waybill.cli.client;

import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `$XDG_CONFIG_HOME/waybill/waybillctl.json`, by default in `~/.config`: the address and key that
/// `login` stored, for its owner's eyes only (mode 0600). One thread uses it.
public final class ConfigFile {
  private static final int LARGEST = 64 * 1024;

  private final Path path;

  private ConfigFile(Path path) {
    this.path = path;
  }

  /// What it holds; an absent value is null.
  ///
  /// @param url the address
  /// @param key the key's text, unchecked
  public record Contents(@Nullable String url, @Nullable String key) {
    @Override
    public String toString() {
      return "Contents[url=" + url + "]";
    }
  }

  /// Where the environment says it is. XDG asks to ignore a relative `XDG_CONFIG_HOME`.
  public static ConfigFile of(Terminal terminal) {
    String configured = terminal.variable("XDG_CONFIG_HOME");
    if (configured != null && Path.of(configured).isAbsolute()) {
      return new ConfigFile(Path.of(configured, "waybill", "waybillctl.json"));
    }
    String home = terminal.variable("HOME");
    Path base = Path.of(home == null ? System.getProperty("user.home", ".") : home, ".config");
    return new ConfigFile(base.resolve("waybill").resolve("waybillctl.json"));
  }

  /// Where it is.
  public Path path() {
    return path;
  }

  /// Reads it; both values are null when there is none.
  public Contents read() throws Failure {
    byte[] text;
    try (InputStream file = Files.newInputStream(path)) {
      text = file.readNBytes(LARGEST + 1);
    } catch (NoSuchFileException _) {
      return new Contents(null, null);
    } catch (IOException e) {
      throw unreadable(String.valueOf(e.getMessage()));
    }
    if (text.length > LARGEST) {
      throw unreadable("it is larger than " + LARGEST + " bytes");
    }
    try {
      JsonNode contents = Json.parse(text);
      return new Contents(value(contents, "url"), value(contents, "api_key"));
    } catch (JacksonException _) {
      // The parser's message quotes the text around the error, which may be the key.
      throw unreadable("it is not JSON");
    }
  }

  /// Whether anybody but its owner may read it.
  public boolean isExposed() {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      return permissions.contains(PosixFilePermission.GROUP_READ)
          || permissions.contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException _) {
      return false;
    }
  }

  /// Writes it whole or not at all.
  public void write(Target target) throws Failure {
    ObjectNode contents = Json.object();
    contents.put("url", target.url().toString());
    contents.put("api_key", target.token().text());
    byte[] text = (Json.pretty(contents) + "\n").getBytes(StandardCharsets.UTF_8);
    Path folder = path.toAbsolutePath().resolveSibling(".").normalize();
    try {
      Files.createDirectories(folder, permissions("rwx------"));
      Path fresh = Files.createTempFile(folder, "waybillctl", ".new", permissions("rw-------"));
      try {
        Files.write(fresh, text);
        Files.move(
            fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw new Failure(ExitCode.FAILED, "cannot write " + path + ": " + e, "");
    }
  }

  private FileAttribute<?>[] permissions(String mode) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  private static @Nullable String value(JsonNode contents, String field) {
    String value = Column.text(contents.path(field));
    return value.isBlank() ? null : value;
  }

  private Failure unreadable(String why) {
    return new Failure(
        ExitCode.USAGE, "cannot read " + path + ": " + why, "Write it anew with: waybillctl login");
  }
}
