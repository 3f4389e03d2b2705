package dev.waybill.relay.http;

import java.time.Duration;

/// What one server allows its clients; a plain value.
///
/// The request line is limited to 8 KiB and all header fields together to 32 KiB everywhere.
///
/// @param maxBodyBytes the largest request body; beyond it the answer is 413
/// @param maxConnections connections beyond this number are closed at once
/// @param headTimeout how long a connection may take, from its start or its last answer, until the
///   next request's header is complete; bytes that trickle in do not extend it
/// @param bodyTimeout how long a request's body may take after its header
/// @param writeTimeout how long a client may leave answers unread
public record HttpLimits(
    int maxBodyBytes,
    int maxConnections,
    Duration headTimeout,
    Duration bodyTimeout,
    Duration writeTimeout) {

  /// The longest request line, in octets; RFC 9112 §3 asks for at least 8,000.
  static final int MAX_REQUEST_LINE = 8 * 1024;

  /// All header fields of a request together, in octets.
  static final int MAX_HEADER = 32 * 1024;

  public HttpLimits {
    positive("maxBodyBytes", maxBodyBytes);
    positive("maxConnections", maxConnections);
    positive("headTimeout", headTimeout.toMillis());
    positive("bodyTimeout", bodyTimeout.toMillis());
    positive("writeTimeout", writeTimeout.toMillis());
  }

  /// Half a minute for each step.
  public static HttpLimits of(int maxBodyBytes, int maxConnections) {
    Duration step = Duration.ofSeconds(30);
    return new HttpLimits(maxBodyBytes, maxConnections, step, step, step);
  }

  private static void positive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("%s: %d (expected: more than 0)".formatted(what, value));
    }
  }
}
