package dev.waybill.relay.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Puts an answer into its final shape. Any thread may use it.
final class ResponseWriter {
  private record DateField(long second, String text) {}

  /// The names are written in this program, the values may come from elsewhere.
  private static final HttpHeadersFactory FIELDS =
      DefaultHttpHeadersFactory.headersFactory().withNameValidation(false);

  private static final String CRLF = "\r\n";
  private static final String ONE_YEAR = "max-age=31536000";

  private final Map<String, String> always;
  private final InstantSource clock;
  private volatile DateField date = new DateField(Long.MIN_VALUE, "");

  ResponseWriter(Map<String, String> always, InstantSource clock) {
    Map<String, String> all = new LinkedHashMap<>(always);
    all.putIfAbsent("X-Content-Type-Options", "nosniff");
    this.always = Collections.unmodifiableMap(all);
    this.clock = clock;
  }

  /// As fields and content, for HTTP/2 to put into frames.
  ///
  /// @param method of the request: an answer to HEAD has the length of a body but no body
  /// @param secure whether it goes over TLS: the host then asks for TLS from now on (RFC 6797 §6.1)
  /// @throws IllegalArgumentException when a header field has characters that would break the
  ///   answer
  FullHttpResponse write(Response response, String method, boolean keepAlive, boolean secure) {
    boolean headOnly = method.equals("HEAD");
    ByteBuf content = headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body());
    FullHttpResponse message =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(response.status()),
            content,
            FIELDS,
            DefaultHttpHeadersFactory.trailersFactory());
    message.headers().set(HttpHeaderNames.DATE, date());
    if (secure) {
      message.headers().set("Strict-Transport-Security", ONE_YEAR);
    }
    always.forEach((name, value) -> message.headers().set(name, value));
    response.headers().forEach((name, value) -> message.headers().set(name, value));
    message.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
    message
        .headers()
        .set(
            HttpHeaderNames.CONNECTION,
            keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
    return message;
  }

  /// As HTTP/1.1 has it on the wire (RFC 9112 §4), in one piece: most answers are a few lines, and
  /// making fields of them first costs more than all the rest of an answer.
  ///
  /// @throws IllegalArgumentException as [#write]
  ByteBuf octets(Response response, String method, boolean keepAlive, boolean secure) {
    StringBuilder head = new StringBuilder(400);
    HttpResponseStatus status = HttpResponseStatus.valueOf(response.status());
    head.append("HTTP/1.1 ").append(status.codeAsText()).append(' ').append(status.reasonPhrase());
    field(head.append(CRLF), "Date", date());
    if (secure) {
      field(head, "Strict-Transport-Security", ONE_YEAR);
    }
    for (Map.Entry<String, String> field : always.entrySet()) {
      if (response.headers().keySet().stream().noneMatch(field.getKey()::equalsIgnoreCase)) {
        field(head, field.getKey(), field.getValue());
      }
    }
    for (Map.Entry<String, String> field : response.headers().entrySet()) {
      field(head, field.getKey(), checked(field.getValue()));
    }
    if (response.status() != HttpResponseStatus.NO_CONTENT.code()) {
      field(head, "Content-Length", Integer.toString(response.body().length));
    }
    field(head, "Connection", keepAlive ? "keep-alive" : "close");
    byte[] octets = head.append(CRLF).toString().getBytes(StandardCharsets.ISO_8859_1);
    return method.equals("HEAD")
        ? Unpooled.wrappedBuffer(octets)
        : Unpooled.wrappedBuffer(octets, response.body());
  }

  private static void field(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append(CRLF);
  }

  /// A line break in a value would begin another field, or another answer.
  private static String checked(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7F || c > 0xFF) {
        throw new IllegalArgumentException(
            "a header field has the character %d".formatted((int) c));
      }
    }
    return value;
  }

  /// RFC 9110 §6.6.1, formatted once a second.
  private String date() {
    long second = clock.instant().getEpochSecond();
    DateField current = date;
    if (current.second != second) {
      current =
          new DateField(
              second,
              DateTimeFormatter.RFC_1123_DATE_TIME.format(
                  clock.instant().atOffset(ZoneOffset.UTC)));
      date = current;
    }
    return current.text;
  }
}
