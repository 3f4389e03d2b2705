package dev.waybill.cli.client;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// A path of the API with its query, percent-encoded (RFC 3986 §2.1). Immutable.
public final class ApiPath {
  private static final int LONGEST_NAME = 512;

  private final String text;

  private ApiPath(String text) {
    this.text = text;
  }

  /// The path of a collection, such as `/domains`.
  public static ApiPath of(String collection) {
    return new ApiPath("/" + collection);
  }

  /// One step deeper; for what a user typed use [#name].
  public ApiPath then(String segment) {
    return new ApiPath(text + "/" + segment);
  }

  /// One step deeper, to a name or id that a user typed.
  public ApiPath name(String name) throws Failure {
    if (name.isBlank() || name.length() > LONGEST_NAME || name.equals(".") || name.equals("..")) {
      throw new Failure(
          ExitCode.USAGE,
          "'"
              + (name.length() > LONGEST_NAME ? name.substring(0, 40) + "…" : name)
              + "' (expected: a name or an id of 1 to "
              + LONGEST_NAME
              + " characters)",
          "");
    }
    return then(encode(name));
  }

  /// The same path with one more parameter.
  public ApiPath with(String parameter, String value) {
    return new ApiPath(text + (text.contains("?") ? "&" : "?") + parameter + "=" + encode(value));
  }

  /// As it goes on the wire.
  @Override
  public String toString() {
    return text;
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }
}
