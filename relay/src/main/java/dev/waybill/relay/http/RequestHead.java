package dev.waybill.relay.http;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request's header once it is complete and judged.
///
/// @param host that the client asked for, in lower case without port (RFC 9112 §3.3); empty when an
///   HTTP/1.0 client named none
/// @param keepAlive whether the client wants to send more requests on the connection
/// @param awaitsContinue whether it waits for `100 Continue` before it sends the body
record RequestHead(
    String method,
    Target target,
    String host,
    Headers headers,
    boolean keepAlive,
    boolean awaitsContinue) {

  /// @throws Refusal when the header is malformed, too large, or announces too large a body; the
  ///   connection can then not be used further
  static RequestHead read(HttpRequest request, int maxBodyBytes) {
    refuseFailure(request.decoderResult());
    HttpVersion version = request.protocolVersion();
    if (version.majorVersion() != 1) {
      throw new Refusal(
          new Problem(
              505, "http_version_not_supported", "this server speaks HTTP/1.1 and HTTP/1.0"));
    }
    Target target =
        Target.parse(request.uri())
            .orElseThrow(() -> unreadable("the request target is not a path or an http URL"));
    Headers headers = headers(request);
    String host = host(target, headers, version);
    if (HttpUtil.getContentLength(request, 0L) > maxBodyBytes) {
      throw new Refusal(Problem.payloadTooLarge(maxBodyBytes));
    }
    String expectation = request.headers().get(HttpHeaderNames.EXPECT, "");
    boolean awaitsContinue = HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation);
    if (!expectation.isEmpty() && !awaitsContinue) {
      throw new Refusal(
          new Problem(417, "expectation_failed", "the Expect header field asks for the unknown"));
    }
    return new RequestHead(
        request.method().name(),
        target,
        host,
        headers,
        HttpUtil.isKeepAlive(request),
        awaitsContinue);
  }

  /// The Host field has to be right even where the target has the say.
  private static String host(Target target, Headers headers, HttpVersion version) {
    List<String> fields = headers.all("Host");
    if (fields.isEmpty() && version.minorVersion() == 0) {
      return Target.hostOf(target.authority()).orElse("");
    }
    return Optional.of(fields)
        .filter(all -> all.size() == 1)
        .flatMap(all -> Target.hostOf(all.getFirst()))
        .map(host -> Target.hostOf(target.authority()).orElse(host))
        .orElseThrow(() -> unreadable("a request needs exactly one valid Host header field"));
  }

  /// @throws Refusal when Netty could not make sense of what came
  static void refuseFailure(DecoderResult result) {
    if (!result.isFailure()) {
      return;
    }
    throw switch (result.cause()) {
      case TooLongHttpLineException _ ->
          new Refusal(
              new Problem(
                  414,
                  "uri_too_long",
                  "the request line is longer than %,d bytes"
                      .formatted(HttpLimits.MAX_REQUEST_LINE)));
      case TooLongHttpHeaderException _ ->
          new Refusal(
              new Problem(
                  431,
                  "header_fields_too_large",
                  "the header fields are longer than %,d bytes".formatted(HttpLimits.MAX_HEADER)));
      case Throwable _ -> unreadable("this is not a well-formed HTTP/1.1 request");
    };
  }

  private static Refusal unreadable(String message) {
    return new Refusal(Problem.unreadable(message));
  }

  private static Headers headers(HttpRequest request) {
    String[] fields = new String[2 * request.headers().size()];
    int at = 0;
    for (var each = request.headers().iteratorCharSequence(); each.hasNext(); at += 2) {
      Map.Entry<CharSequence, CharSequence> field = each.next();
      fields[at] = field.getKey().toString();
      fields[at + 1] = field.getValue().toString();
    }
    return new Headers(fields);
  }
}
