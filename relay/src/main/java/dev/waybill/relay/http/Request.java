package dev.waybill.relay.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One complete request; immutable, any thread may read it.
public final class Request {
  private final String method;
  private final Target target;
  private final Headers headers;
  private final byte[] body;
  private final InetAddress remote;
  private final Map<String, String> variables;

  /// @param body is not copied
  /// @param variables the decoded values of the route's variables
  public Request(
      String method,
      Target target,
      Headers headers,
      byte[] body,
      InetAddress remote,
      Map<String, String> variables) {
    this.method = method;
    this.target = target;
    this.headers = headers;
    this.body = body;
    this.remote = remote;
    this.variables = Map.copyOf(variables);
  }

  /// In upper case as sent; `HEAD` where a GET route answers a HEAD request.
  public String method() {
    return method;
  }

  /// The path as sent, percent-encoded.
  public String path() {
    return target.path();
  }

  /// The decoded, non-empty value of a variable of the route.
  ///
  /// @throws IllegalArgumentException when the route has no such variable
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no variable {%s}".formatted(name));
    }
    return value;
  }

  /// The query's parameters.
  ///
  /// @throws Refusal when the query is malformed
  public Parameters parameters() {
    return Parameters.parse(target.query());
  }

  /// The first value of a header field; octets beyond ASCII arrive as ISO 8859-1.
  public Optional<String> header(String name) {
    return headers.first(name);
  }

  /// Every value of a header field, in order of arrival.
  public List<String> headers(String name) {
    return headers.all(name);
  }

  /// The body's octets; empty for none. Not to be changed.
  public byte[] body() {
    return body;
  }

  /// Where the connection comes from.
  public InetAddress remote() {
    return remote;
  }

  /// The host that the client asked for, in lower case without port (RFC 9112 §3.3); empty when an
  /// HTTP/1.0 client named none.
  public String host() {
    String authority =
        target.authority().isEmpty() ? headers.first("host").orElse("") : target.authority();
    return Target.hostOf(authority).orElse("");
  }
}
