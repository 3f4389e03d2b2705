package dev.waybill.cli.client;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;

/// Which admin API to talk to, and with which key. Immutable.
///
/// @param url its address without a slash at the end; a path is kept, for an API behind a proxy
/// @param token the key
public record Target(URI url, ApiToken token) {
  /// Where a relay listens unless it was told otherwise.
  public static final String DEFAULT_URL = "http://127.0.0.1:8081";

  public Target {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(token, "token");
  }

  /// Reads an address.
  ///
  /// @param origin where it came from, for the error
  public static URI parseUrl(String text, String origin) throws Failure {
    String trimmed = text.strip();
    while (trimmed.endsWith("/")) {
      trimmed = trimmed.substring(0, trimmed.length() - 1);
    }
    try {
      URI url = new URI(trimmed);
      boolean web =
          "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
      if (web
          && url.getHost() != null
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && url.getRawFragment() == null
          && url.getPort() <= 65_535) {
        return url;
      }
    } catch (URISyntaxException _) {
      // Told below, together with what is no web address.
    }
    String shown = text.contains("@") ? "the address (not shown, it holds an @)" : text.strip();
    throw new Failure(
        ExitCode.USAGE,
        origin + ": " + shown + " (expected: http://HOST:PORT or https://HOST)",
        "");
  }

  /// Whether the key crosses a network unencrypted.
  public boolean exposesKey() {
    return "http".equalsIgnoreCase(url.getScheme()) && !isLocal(url.getHost());
  }

  /// Whether the host is this machine, told by its name alone.
  public static boolean isLocal(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }
}
