package dev.waybill.relay.feedback;

import java.net.InetSocketAddress;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The feedback door's settings, under `feedback.` in the configuration.
///
/// @param listen `feedback.listen`, port 0 for a free one
/// @param hostname the relay's `hostname`, as in the MX records of the return-path subdomains
/// @param maxMessageSize `feedback.max-message-size` in octets
/// @param maxConnections `feedback.max-connections` at once; one source may hold a fifth of them
/// @param tls offers STARTTLS with this; null for none
public record FeedbackSettings(
    InetSocketAddress listen,
    String hostname,
    int maxMessageSize,
    int maxConnections,
    @Nullable SSLContext tls) {
  public static final int DEFAULT_MAX_MESSAGE_SIZE = 10 * 1024 * 1024;
  public static final int DEFAULT_MAX_CONNECTIONS = 100;
  private static final int MAX_RECIPIENTS = 10;
  private static final int SHARE_PER_SOURCE = 5;

  public FeedbackSettings {
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(hostname, "hostname");
  }

  /// With the default limits and without TLS.
  public FeedbackSettings(InetSocketAddress listen, String hostname) {
    this(listen, hostname, DEFAULT_MAX_MESSAGE_SIZE, DEFAULT_MAX_CONNECTIONS, null);
  }

  DoorSettings door() {
    return new DoorSettings(
        listen,
        hostname,
        maxMessageSize,
        MAX_RECIPIENTS,
        maxConnections,
        Math.max(1, maxConnections / SHARE_PER_SOURCE),
        tls);
  }
}
