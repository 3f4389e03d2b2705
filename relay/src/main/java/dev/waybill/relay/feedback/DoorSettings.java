package dev.waybill.relay.feedback;

import java.net.InetSocketAddress;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// What a [ReceivingDoor] needs to know.
///
/// @param listen where it listens; port 0 for a free one
/// @param hostname how it names itself in the greeting
/// @param maxMessageSize octets of one message, 1 KiB to 1 GiB
/// @param maxRecipients of one transaction, 1 to 1,000
/// @param maxConnections at once, 1 to 10,000; more are answered 421
/// @param maxConnectionsPerSource at once from one address, 1 to `maxConnections`
/// @param messagesPerMinute from one address, refused recipients included; 0 for any number
/// @param tls for STARTTLS; null to offer none
public record DoorSettings(
    InetSocketAddress listen,
    String hostname,
    int maxMessageSize,
    int maxRecipients,
    int maxConnections,
    int maxConnectionsPerSource,
    int messagesPerMinute,
    @Nullable SSLContext tls) {
  public DoorSettings {
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(hostname, "hostname");
    within("max-message-size", maxMessageSize, 1024, 1 << 30);
    within("max-recipients", maxRecipients, 1, 1000);
    within("max-connections", maxConnections, 1, 10_000);
    within("max-connections-per-source", maxConnectionsPerSource, 1, maxConnections);
    within("messages-per-minute", messagesPerMinute, 0, 1_000_000);
  }

  private static void within(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d..%d)".formatted(name, value, least, most));
    }
  }
}
