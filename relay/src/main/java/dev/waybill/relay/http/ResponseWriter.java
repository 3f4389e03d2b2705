package dev.waybill.relay.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
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
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Puts an answer into its final shape. Any thread may use it.
final class ResponseWriter {
  /// What all answers of a second have: Date, the fields of this host, and what TLS adds.
  private record Second(long second, String date, byte[] fields, byte[] fieldsOverTls) {}

  /// The names are written in this program, the values may come from elsewhere.
  private static final HttpHeadersFactory FIELDS =
      DefaultHttpHeadersFactory.headersFactory().withNameValidation(false);

  private static final byte[] NOTHING = {};
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n\r\n");
  private static final byte[] CLOSE = ascii("Connection: close\r\n\r\n");

  /// The longest body that is copied behind its header.
  private static final int COPIED = 4096;

  private static final String CRLF = "\r\n";
  private static final String ONE_YEAR = "max-age=31536000";
  private static final byte[][] STATUS_LINES = new byte[600][];

  static {
    for (int status = 100; status < STATUS_LINES.length; status++) {
      HttpResponseStatus known = HttpResponseStatus.valueOf(status);
      STATUS_LINES[status] =
          ascii("HTTP/1.1 " + known.codeAsText() + ' ' + known.reasonPhrase() + CRLF);
    }
  }

  private final Map<String, String> always;
  private final InstantSource clock;
  private volatile Second latest;

  ResponseWriter(Map<String, String> always, InstantSource clock) {
    Map<String, String> all = new LinkedHashMap<>(always);
    all.putIfAbsent("X-Content-Type-Options", "nosniff");
    this.always = Collections.unmodifiableMap(all);
    this.clock = clock;
    this.latest = second(clock.instant());
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
    message.headers().set(HttpHeaderNames.DATE, now().date());
    if (secure) {
      message.headers().set("Strict-Transport-Security", ONE_YEAR);
    }
    always.forEach((name, value) -> message.headers().set(name, value));
    response.forEachField((name, value) -> message.headers().set(name, value));
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
  /// @param allocator whose buffer it is
  /// @throws IllegalArgumentException as [#write]
  ByteBuf octets(
      Response response,
      String method,
      boolean keepAlive,
      boolean secure,
      ByteBufAllocator allocator) {
    byte[] status = STATUS_LINES[response.status()];
    byte[] common = common(response, secure);
    byte[] own = response.octets();
    byte[] end = keepAlive ? KEEP_ALIVE : CLOSE;
    byte[] body = method.equals("HEAD") ? NOTHING : response.body();
    boolean small = body.length <= COPIED;
    int length = status.length + common.length + own.length + end.length;
    ByteBuf head =
        allocator
            .ioBuffer(length + (small ? body.length : 0))
            .writeBytes(status)
            .writeBytes(common)
            .writeBytes(own)
            .writeBytes(end);
    return small
        ? head.writeBytes(body)
        : Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(body));
  }

  /// The fields that the answer does not have itself.
  private byte[] common(Response response, boolean secure) {
    Second now = now();
    for (String name : always.keySet()) {
      if (response.says(name)) {
        Map<String, String> others = new LinkedHashMap<>(always);
        others.keySet().removeIf(response::says);
        return fields(now.date(), others, secure);
      }
    }
    return secure ? now.fieldsOverTls() : now.fields();
  }

  private static byte[] fields(String date, Map<String, String> others, boolean secure) {
    StringBuilder fields = new StringBuilder(200);
    field(fields, "Date", date);
    if (secure) {
      field(fields, "Strict-Transport-Security", ONE_YEAR);
    }
    others.forEach((name, value) -> field(fields, name, value));
    return ascii(fields.toString());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void field(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append(CRLF);
  }

  private Second now() {
    Instant now = clock.instant();
    Second current = latest;
    if (current.second != now.getEpochSecond()) {
      current = second(now);
      latest = current;
    }
    return current;
  }

  /// The date as RFC 9110 §6.6.1 wants it.
  private Second second(Instant at) {
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atOffset(ZoneOffset.UTC));
    return new Second(
        at.getEpochSecond(), date, fields(date, always, false), fields(date, always, true));
  }
}
