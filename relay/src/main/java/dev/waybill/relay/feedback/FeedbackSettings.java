package dev.waybill.relay.feedback;

import dev.waybill.relay.message.DomainName;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The feedback door's settings, under `feedback.` in the configuration.
///
/// @param listen `feedback.listen`, port 0 for a free one
/// @param hostname the relay's `hostname`, which greets
/// @param names whose `postmaster@`, `abuse@` and `dmarc@` it takes beside those of the return
///   paths: `hostname` and the name in the MX records of the return-path subdomains
/// @param maxMessageSize `feedback.max-message-size` in octets
/// @param maxConnections `feedback.max-connections` at once; one source may hold a fifth of them
/// @param messagesPerMinute `feedback.messages-per-minute` of one client, whose refused recipients
///   count too; 0 for any number
/// @param tls offers STARTTLS with this; null for none
public record FeedbackSettings(
    InetSocketAddress listen,
    String hostname,
    Set<DomainName> names,
    int maxMessageSize,
    int maxConnections,
    int messagesPerMinute,
    @Nullable SSLContext tls) {
  public static final int DEFAULT_MAX_MESSAGE_SIZE = 10 * 1024 * 1024;
  public static final int DEFAULT_MAX_CONNECTIONS = 100;
  public static final int DEFAULT_MESSAGES_PER_MINUTE = 600;
  private static final int MAX_RECIPIENTS = 10;
  private static final int SHARE_PER_SOURCE = 5;

  public FeedbackSettings {
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(hostname, "hostname");
    names = Set.copyOf(names);
  }

  /// With the default limits and without TLS.
  public FeedbackSettings(InetSocketAddress listen, String hostname) {
    this(
        listen,
        hostname,
        Set.of(DomainName.of(hostname)),
        DEFAULT_MAX_MESSAGE_SIZE,
        DEFAULT_MAX_CONNECTIONS,
        DEFAULT_MESSAGES_PER_MINUTE,
        null);
  }

  /// These with STARTTLS.
  public FeedbackSettings with(SSLContext context) {
    return new FeedbackSettings(
        listen, hostname, names, maxMessageSize, maxConnections, messagesPerMinute, context);
  }

  DoorSettings door() {
    return new DoorSettings(
        listen,
        hostname,
        maxMessageSize,
        MAX_RECIPIENTS,
        maxConnections,
        Math.max(1, maxConnections / SHARE_PER_SOURCE),
        messagesPerMinute,
        tls);
  }
}
