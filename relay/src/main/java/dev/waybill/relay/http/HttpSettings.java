package dev.waybill.relay.http;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/// How one server presents itself.
///
/// @param name names its threads, log lines and metrics: `tracking`, `admin`
/// @param listen the address to bind; port 0 picks a free one
/// @param eventLoops how many threads move bytes; at least 1
/// @param headers header fields that every answer carries
/// @param problems how a problem looks to this server's clients (JSON for programs, text for
///   people)
/// @param hosts which hosts, in lower case and without port, this server answers for; others get
///   421; must not wait
/// @param secure a second listener, for TLS; empty for none
public record HttpSettings(
    String name,
    InetSocketAddress listen,
    int eventLoops,
    HttpLimits limits,
    Map<String, String> headers,
    Function<Problem, Response> problems,
    Predicate<String> hosts,
    Optional<Secure> secure) {

  public HttpSettings {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(problems, "problems");
    Objects.requireNonNull(hosts, "hosts");
    Objects.requireNonNull(secure, "secure");
    headers = Map.copyOf(headers);
    if (eventLoops < 1) {
      throw new IllegalArgumentException(
          "eventLoops: %d (expected: at least 1)".formatted(eventLoops));
    }
  }

  /// The settings of a server that answers for every host, without TLS.
  public HttpSettings(
      String name,
      InetSocketAddress listen,
      int eventLoops,
      HttpLimits limits,
      Map<String, String> headers,
      Function<Problem, Response> problems) {
    this(name, listen, eventLoops, limits, headers, problems, _ -> true, Optional.empty());
  }

  /// Where and as whom the server speaks TLS.
  ///
  /// @param listen the address to bind; port 0 picks a free one
  /// @param contexts the certificate and key for a host's name in lower case; empty for names that
  ///   are not served; must not wait
  public record Secure(InetSocketAddress listen, Function<String, Optional<SSLContext>> contexts) {}
}
