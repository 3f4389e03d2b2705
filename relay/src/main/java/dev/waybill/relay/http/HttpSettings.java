package dev.waybill.relay.http;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/// How one server presents itself.
///
/// @param name names its threads, log lines and metrics: `tracking`, `admin`
/// @param listen the address to bind; port 0 picks a free one
/// @param eventLoops how many threads move bytes; at least 1
/// @param headers header fields that every answer carries
/// @param problems how a problem looks to this server's clients (JSON for programs, text for
///   people)
public record HttpSettings(
    String name,
    InetSocketAddress listen,
    int eventLoops,
    HttpLimits limits,
    Map<String, String> headers,
    Function<Problem, Response> problems) {

  public HttpSettings {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(problems, "problems");
    headers = Map.copyOf(headers);
    if (eventLoops < 1) {
      throw new IllegalArgumentException(
          "eventLoops: %d (expected: at least 1)".formatted(eventLoops));
    }
  }
}
