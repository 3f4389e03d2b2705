package dev.waybill.relay.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/// An answer; immutable.
///
/// The server adds Date, Content-Length and the settings' own fields, and leaves the body out for
/// HEAD.
public final class Response {
  private static final byte[] NOTHING = {};

  private final int status;

  /// A name, its value, the next name and so on: an answer has few, and most are never looked up.
  private final String[] fields;

  private final byte[] body;

  private Response(int status, byte[] body, String... fields) {
    this.status = status;
    this.fields = fields;
    this.body = body;
  }

  /// @param body is not copied
  public static Response of(int status, String contentType, byte[] body) {
    return new Response(status, body, "Content-Type", contentType);
  }

  public static Response text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  public static Response html(int status, String html) {
    return of(status, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8));
  }

  /// @param location ASCII without controls, as a header field needs it
  public static Response redirect(int status, String location) {
    return new Response(status, NOTHING, "Location", location);
  }

  /// This answer with one header field more, or another value for it.
  public Response with(String name, String value) {
    int at = 0;
    while (at < fields.length && !fields[at].equals(name)) {
      at += 2;
    }
    String[] more = Arrays.copyOf(fields, Math.max(fields.length, at + 2));
    more[at] = name;
    more[at + 1] = value;
    return new Response(status, body, more);
  }

  public int status() {
    return status;
  }

  /// The values by name, in the order they were added.
  public Map<String, String> headers() {
    Map<String, String> byName = new LinkedHashMap<>();
    forEachField(byName::put);
    return byName;
  }

  /// @param name of a header field, in any case
  boolean says(String name) {
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i].equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  void forEachField(BiConsumer<String, String> each) {
    for (int i = 0; i < fields.length; i += 2) {
      each.accept(fields[i], fields[i + 1]);
    }
  }

  /// Not to be changed.
  public byte[] body() {
    return body;
  }
}
