package dev.waybill.relay.submission;

import dev.waybill.relay.admission.Admission;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.IpNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// How the submission door is set up.
///
/// @param listen where STARTTLS sessions are accepted; port 0 picks a free one
/// @param listenTls where implicit TLS sessions are accepted; port 0 picks a free one
/// @param hostname what the relay calls itself
/// @param spool the folder for large messages while they are being accepted; made when absent, and
///   this server's own: leftovers in it are removed at start
public record SubmissionSettings(
    InetSocketAddress listen,
    InetSocketAddress listenTls,
    DomainName hostname,
    Limits limits,
    Timeouts timeouts,
    Networks networks,
    Path spool) {

  /// Which clients are treated in a way of their own, by their address.
  ///
  /// @param allowPlaintextAuth may authenticate without TLS
  /// @param trusted may submit without AUTH
  /// @param balancers begin with a PROXY header, and are served as the client that it names
  public record Networks(
      List<IpNetwork> allowPlaintextAuth, List<IpNetwork> trusted, List<IpNetwork> balancers) {
    public Networks {
      allowPlaintextAuth = List.copyOf(allowPlaintextAuth);
      trusted = List.copyOf(trusted);
      balancers = List.copyOf(balancers);
    }

    /// Loopback may authenticate in clear, nobody is trusted, and there are no load balancers.
    public static Networks defaults() {
      return new Networks(
          List.of(
              IpNetwork.parse("127.0.0.0/8").orElseThrow(), IpNetwork.parse("::1").orElseThrow()),
          List.of(),
          List.of());
    }

    boolean mayAuthenticateInClear(InetAddress client) {
      return anyContains(allowPlaintextAuth, client);
    }

    boolean isTrusted(InetAddress client) {
      return anyContains(trusted, client);
    }

    boolean isBalancer(InetAddress other) {
      return anyContains(balancers, other);
    }

    private static boolean anyContains(List<IpNetwork> networks, InetAddress address) {
      return networks.stream().anyMatch(network -> network.contains(address));
    }
  }

  /// How much a client may ask for.
  ///
  /// @param messageSize octets of a message, 1 KiB to 1 GiB
  /// @param recipients RCPT TO of a message, 1 to 10,000; RFC 5321 §4.5.3.1.8 asks for at least 100
  /// @param connections at once, 1 to 100,000
  /// @param connectionsPerAddress at once from one address, 1 or more
  /// @param messagesPerConnection one after another, 1 to 1,000,000
  /// @param header of a message
  /// @param memory octets for all messages on their way in together, 1 MiB to 64 GiB; what does not
  ///   fit is kept in files
  public record Limits(
      long messageSize,
      int recipients,
      int connections,
      int connectionsPerAddress,
      int messagesPerConnection,
      Admission.HeaderLimits header,
      long memory) {
    public Limits {
      require("max-message-size", messageSize, 1_024, 1L << 30);
      require("max-recipients", recipients, 1, 10_000);
      require("max-connections", connections, 1, 100_000);
      require("connections-per-address", connectionsPerAddress, 1, 100_000);
      require("messages-per-connection", messagesPerConnection, 1, 1_000_000);
      Objects.requireNonNull(header, "header");
      require("memory", memory, 1L << 20, 1L << 36);
    }

    /// 25 MiB, 1,000 recipients, 1,000 connections, 100 from one address, 10,000 messages, 64 MiB.
    public static Limits defaults() {
      return new Limits(
          25L << 20, 1_000, 1_000, 100, 10_000, Admission.HeaderLimits.defaults(), 64L << 20);
    }

    private static void require(String name, long value, long least, long most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "%s: %d (expected: %d..%d)".formatted(name, value, least, most));
      }
    }
  }

  /// How long a client may take; each 10 ms to 1 day.
  ///
  /// @param idle until the next octet, and to take our replies (RFC 5321 §4.5.3.2.7: 5 minutes)
  /// @param command from the first octet of a line to its end
  /// @param data from the 354 to the end of the message
  /// @param handshake for a TLS handshake
  /// @param session from the greeting to the last command; a message on its way is finished
  public record Timeouts(
      Duration idle, Duration command, Duration data, Duration handshake, Duration session) {
    public Timeouts {
      require("idle", idle);
      require("command", command);
      require("data", data);
      require("handshake", handshake);
      require("session", session);
    }

    /// 5 minutes, 1 minute, 30 minutes, 30 seconds, 4 hours.
    public static Timeouts defaults() {
      return new Timeouts(
          Duration.ofMinutes(5),
          Duration.ofMinutes(1),
          Duration.ofMinutes(30),
          Duration.ofSeconds(30),
          Duration.ofHours(4));
    }

    private static void require(String name, Duration value) {
      if (value.compareTo(Duration.ofMillis(10)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(
            "timeouts.%s: %s (expected: 10ms to 1d)".formatted(name, value));
      }
    }
  }

  public SubmissionSettings {
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(listenTls, "listenTls");
    Objects.requireNonNull(hostname, "hostname");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(timeouts, "timeouts");
    Objects.requireNonNull(networks, "networks");
    Objects.requireNonNull(spool, "spool");
    for (InetSocketAddress address : List.of(listen, listenTls)) {
      if (address.isUnresolved()) {
        throw new IllegalArgumentException(
            "%s (expected: an address of this machine and a port)".formatted(address));
      }
    }
  }
}
