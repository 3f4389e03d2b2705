package dev.waybill.cli.client;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the address and the key: an option wins over the environment, which wins over the
/// configuration file. One thread uses it.
///
/// @param urlOption `--url`; null when not given
/// @param keyFileOption `--api-key-file`; null when not given
public record Settings(
    Terminal terminal, @Nullable String urlOption, @Nullable Path keyFileOption) {
  private static final int LARGEST_KEY_FILE = 4096;

  /// Everything a request needs.
  public Target target() throws Failure {
    ConfigFile file = ConfigFile.of(terminal);
    URI url = url(file);
    Optional<ApiToken> given = givenToken();
    if (given.isPresent()) {
      return new Target(url, given.get());
    }
    String stored = file.read().key();
    if (stored == null) {
      throw new Failure(
          ExitCode.USAGE,
          "no API key: give --api-key-file FILE, set WAYBILL_API_KEY, or run: waybillctl login",
          "The relay wrote its first key to <data-dir>/admin.key.");
    }
    if (file.isExposed()) {
      terminal.say(
          "warning: others can read the key in " + file.path() + "; run: chmod 600 " + file.path());
    }
    return new Target(url, ApiToken.of(stored, file.path().toString()));
  }

  /// The address given by option or environment.
  public Optional<URI> givenUrl() throws Failure {
    String variable = terminal.variable("WAYBILL_URL");
    if (urlOption != null) {
      return Optional.of(Target.parseUrl(urlOption, "--url"));
    }
    return variable == null
        ? Optional.empty()
        : Optional.of(Target.parseUrl(variable, "WAYBILL_URL"));
  }

  /// The key given by option or environment.
  public Optional<ApiToken> givenToken() throws Failure {
    String variable = terminal.variable("WAYBILL_API_KEY");
    if (keyFileOption != null) {
      return Optional.of(ApiToken.of(keyFile(keyFileOption), keyFileOption.toString()));
    }
    return variable == null
        ? Optional.empty()
        : Optional.of(ApiToken.of(variable, "WAYBILL_API_KEY"));
  }

  private URI url(ConfigFile file) throws Failure {
    Optional<URI> given = givenUrl();
    if (given.isPresent()) {
      return given.get();
    }
    String stored = file.read().url();
    return stored == null
        ? URI.create(Target.DEFAULT_URL)
        : Target.parseUrl(stored, file.path().toString());
  }

  private static String keyFile(Path path) throws Failure {
    try (InputStream file = Files.newInputStream(path)) {
      byte[] text = file.readNBytes(LARGEST_KEY_FILE + 1);
      if (text.length > LARGEST_KEY_FILE) {
        throw new Failure(
            ExitCode.USAGE,
            "--api-key-file: " + path + " is larger than " + LARGEST_KEY_FILE + " bytes",
            "");
      }
      return new String(text, StandardCharsets.UTF_8);
    } catch (NoSuchFileException _) {
      throw new Failure(ExitCode.USAGE, "--api-key-file: there is no file " + path, "");
    } catch (IOException e) {
      throw new Failure(
          ExitCode.USAGE, "--api-key-file: cannot read " + path + ": " + e.getMessage(), "");
    }
  }
}
