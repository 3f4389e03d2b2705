package dev.waybill.relay.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// An answer; immutable.
///
/// The server adds Date, Content-Length and the settings' own fields, and leaves the body out for
/// HEAD.
public final class Response {
  private static final byte[] NOTHING = {};
  private static final int NO_CONTENT = 204;

  /// Final, so that every thread that sees it sees the octets too (JLS §17.5).
  private record Wire(byte[] octets) {}

  private final int status;

  /// A name, its value, the next name and so on: an answer has few, and most are never looked up.
  private final String[] fields;

  private final byte[] body;

  /// Made when first needed, perhaps by several threads: many an answer is given again and again.
  private @Nullable Wire wire;

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

  /// Its own fields and Content-Length as HTTP/1.1 has them on the wire; not to be changed.
  ///
  /// @throws IllegalArgumentException when a value has a character that would break the answer
  byte[] octets() {
    Wire known = wire;
    if (known == null) {
      known = new Wire(encode());
      wire = known;
    }
    return known.octets();
  }

  private byte[] encode() {
    String length = status == NO_CONTENT ? "" : "Content-Length: " + body.length + "\r\n";
    int size = length.length();
    for (int i = 0; i < fields.length; i += 2) {
      check(fields[i + 1]);
      size += fields[i].length() + fields[i + 1].length() + 4;
    }
    byte[] octets = new byte[size];
    int at = 0;
    for (int i = 0; i < fields.length; i += 2) {
      at = put(fields[i], octets, at);
      at = put(": ", octets, at);
      at = put(fields[i + 1], octets, at);
      at = put("\r\n", octets, at);
    }
    put(length, octets, at);
    return octets;
  }

  private static int put(String text, byte[] into, int at) {
    for (int i = 0; i < text.length(); i++) {
      into[at + i] = (byte) text.charAt(i);
    }
    return at + text.length();
  }

  /// A line break in a value would begin another field, or another answer.
  private static void check(String value) {
    int outside = 0;
    for (int i = 0; i < value.length(); i++) {
      int c = value.charAt(i);
      outside |= (c - ' ') | (0x7E - c);
    }
    if (outside < 0) {
      checkEach(value);
    }
  }

  private static void checkEach(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7F || c > 0xFF) {
        throw new IllegalArgumentException(
            "a header field has the character %d".formatted((int) c));
      }
    }
  }

  /// Not to be changed.
  public byte[] body() {
    return body;
  }
}
