package dev.waybill.relay.admission;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.IpNetwork;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// Who submitted a message and over what kind of session.
///
/// @param helo what the client called itself
/// @param address where it connected from
/// @param extended whether it said EHLO rather than HELO
/// @param tls whether the session was encrypted
/// @param authenticated whether it gave a key
public record ClientFacts(
    String helo, InetAddress address, boolean extended, boolean tls, boolean authenticated) {
  private static final String HIDDEN = "unknown";

  public ClientFacts {
    Objects.requireNonNull(helo, "helo");
    Objects.requireNonNull(address, "address");
  }

  /// The value of the Received field without its date (RFC 5321 §4.4). A private address of the
  /// client never shows, neither as an address nor within the name that it gave.
  ///
  /// @param hostname this relay's own name
  public String received(DomainName hostname, boolean smtpUtf8, UUID id) {
    boolean hidden = IpNetwork.isPrivate(address);
    return "from %s (%s) by %s with %s id %s"
        .formatted(
            heloShown(hidden),
            hidden ? "[private]" : literal(address),
            hostname,
            protocol(smtpUtf8),
            id);
  }

  /// RFC 3848 §1 and RFC 6531 §4.3.
  private String protocol(boolean smtpUtf8) {
    if (!extended) {
      return "SMTP";
    }
    return (smtpUtf8 ? "UTF8SMTP" : "ESMTP") + (tls ? "S" : "") + (authenticated ? "A" : "");
  }

  private String heloShown(boolean addressIsHidden) {
    if (helo.startsWith("[") && helo.endsWith("]")) {
      return heloLiteral()
          .filter(given -> !IpNetwork.isPrivate(given))
          .map(ClientFacts::literal)
          .orElse(HIDDEN);
    }
    Optional<DomainName> name = DomainName.parse(helo);
    boolean tells =
        addressIsHidden
            && helo.replaceAll("[-_]", ".").contains(address.getHostAddress().replace(':', '.'));
    boolean looksLikeAddress = !helo.isEmpty() && Character.isDigit(helo.charAt(helo.length() - 1));
    return name.isEmpty() || tells || looksLikeAddress ? HIDDEN : name.get().value();
  }

  private Optional<InetAddress> heloLiteral() {
    String inner = helo.substring(1, helo.length() - 1);
    boolean six = inner.regionMatches(true, 0, "IPv6:", 0, 5);
    try {
      return Optional.of(InetAddress.ofLiteral(six ? inner.substring(5) : inner));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  /// RFC 5321 §4.1.3.
  private static String literal(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    String plain = scope < 0 ? text : text.substring(0, scope);
    return plain.indexOf(':') < 0 ? "[" + plain + "]" : "[IPv6:" + plain + "]";
  }
}
