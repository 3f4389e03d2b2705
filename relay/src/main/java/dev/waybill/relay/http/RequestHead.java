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

/// A request's header once it is complete and judged.
///
/// @param keepAlive whether the client wants to send more requests on the connection
/// @param awaitsContinue whether it waits for `100 Continue` before it sends the body
record RequestHead(
    String method, Target target, Headers headers, boolean keepAlive, boolean awaitsContinue) {

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
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    boolean hostIsFine =
        hosts.size() == 1
            ? Target.hostOf(hosts.getFirst()).isPresent()
            : hosts.isEmpty() && version.minorVersion() == 0;
    if (!hostIsFine) {
      throw unreadable("a request needs exactly one valid Host header field");
    }
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
        headers(request),
        HttpUtil.isKeepAlive(request),
        awaitsContinue);
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
    for (var each = request.headers().iteratorAsString(); each.hasNext(); at += 2) {
      Map.Entry<String, String> field = each.next();
      fields[at] = field.getKey();
      fields[at + 1] = field.getValue();
    }
    return new Headers(fields);
  }
}
