package dev.waybill.relay.routes;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.Credentials;
import dev.waybill.relay.smtp.EnhancedStatus;
import dev.waybill.relay.smtp.Reply;
import dev.waybill.relay.smtp.Stage;
import dev.waybill.relay.smtp.TlsPolicy;
import dev.waybill.relay.transport.HostDemand;
import dev.waybill.relay.transport.TransportLevel;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A host that takes a route's mail and carries it on. A value; any thread may use it.
///
/// @param route the name of its route
/// @param host how it is called, and what its certificate has to be valid for
/// @param port where it listens
/// @param tls how safely mail travels there
/// @param credentials with what we prove who we are; null where it does not ask
public record Smarthost(
    String route, Host host, int port, Tls tls, @Nullable Credentials credentials) {
  /// How a host is called.
  public sealed interface Host {
    /// By a name that the DNS knows.
    record Named(DomainName name) implements Host {
      @Override
      public String toString() {
        return name.value();
      }
    }

    /// By its address.
    record Literal(InetAddress address) implements Host {
      @Override
      public String toString() {
        return address.getHostAddress();
      }
    }

    /// Whether it is certainly this machine, whatever network it is in (RFC 6761 §6.3).
    default boolean isLoopback() {
      return switch (this) {
        case Named(DomainName name) ->
            name.value().equals("localhost") || name.value().endsWith(".localhost");
        case Literal(InetAddress address) -> address.isLoopbackAddress();
      };
    }
  }

  /// How safely mail travels to it.
  public enum Tls {
    /// STARTTLS where it is offered, with whatever certificate.
    OPPORTUNISTIC,
    /// STARTTLS with a valid certificate.
    REQUIRED,
    /// TLS before the first word, with a valid certificate.
    IMPLICIT,
    /// In clear.
    NONE;

    /// Whether the host has shown who it is before anything is said.
    public boolean isAuthenticating() {
      return this == REQUIRED || this == IMPLICIT;
    }
  }

  public Smarthost {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(tls, "tls");
    if (!OperatorRoute.isName(route) || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "smarthost %s:%d of route \"%s\" (expected: a port of 1 to 65535 and a route's name)"
              .formatted(host, port, route));
    }
    if (credentials != null && !credentials.inClear() && !tls.isAuthenticating()) {
      throw new IllegalArgumentException(
          "AUTH with %s at %s (expected: a host that shows who it is first)".formatted(tls, host));
    }
  }

  /// What a connection has to keep to. Policies of recipients' domains (MTA-STS, DANE) speak of
  /// their own hosts and have no say here.
  ///
  /// @param enforced whether the sending domain demands a valid certificate
  public HostDemand demand(boolean enforced) {
    return switch (tls) {
      case NONE ->
          enforced
              ? new HostDemand.Barred(TransportLevel.ENFORCED, inClear(), false)
              : open(TlsPolicy.CLEAR, TransportLevel.NONE);
      case OPPORTUNISTIC ->
          enforced
              ? open(TlsPolicy.REQUIRED, TransportLevel.ENFORCED)
              : open(TlsPolicy.OPPORTUNISTIC, TransportLevel.OPPORTUNISTIC);
      case REQUIRED -> open(TlsPolicy.REQUIRED, TransportLevel.ENFORCED);
      case IMPLICIT -> open(TlsPolicy.IMPLICIT, TransportLevel.ENFORCED);
    };
  }

  /// Why a connection is in clear, where it is to be.
  public String inClear() {
    return "route %s does not use TLS".formatted(route);
  }

  private static HostDemand open(TlsPolicy policy, TransportLevel level) {
    return new HostDemand.Open(policy, level, false, Optional.empty());
  }

  /// Whether a refusal is about us at this host and not about the mail: it wants a login, does not
  /// take ours, or does not carry our mail on. That is a mistake in our configuration, or its
  /// operator's, and no recipient's word.
  ///
  /// Of a message that was sent whole, only the codes of RFC 4954 §6 say so: a policy may well
  /// refuse what is in it.
  public static boolean isAboutUs(Stage stage, Reply reply) {
    if (!reply.isPermanent()) {
      return false;
    }
    if (isLogin(reply)) {
      return true;
    }
    if (stage != Stage.MAIL && stage != Stage.RCPT) {
      return false;
    }
    String text = reply.text().toLowerCase(Locale.ROOT);
    return reply.status().filter(status -> status.subject() == 7).isPresent()
        || text.contains("#5.7.1")
        || text.contains("relay")
        || text.contains("rcpthosts");
  }

  /// Whether the host takes nothing at all from us until that is mended.
  public static boolean isLogin(Reply reply) {
    return reply.code() == 530
        || reply.code() == 534
        || reply.code() == 535
        || reply.code() == 538
        || reply.status().filter(Smarthost::isLogin).isPresent();
  }

  private static boolean isLogin(EnhancedStatus status) {
    return status.kind() == 5
        && status.subject() == 7
        && (status.detail() == 8 || status.detail() == 9 || status.detail() == 11);
  }
}
