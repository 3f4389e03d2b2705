package dev.waybill.relay.transport;

import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A session that was opened or tried for a recipient's domain, as TLS reports count it (RFC 8460
/// §4). A value: those that a report does not tell apart are equal.
///
/// @param domain the recipient's
/// @param failure empty when the session was as the policy wants it
public record TlsSession(DomainName domain, AppliedPolicy policy, Optional<Failure> failure) {
  /// What went wrong, and between whom.
  ///
  /// @param reason in words
  /// @param host the name of the mail host; null when that is not told apart
  /// @param local the address that was sent from; null where nothing was sent
  /// @param remote the host's address; null where it was not called on
  public record Failure(
      FailureKind kind,
      String reason,
      @Nullable String host,
      @Nullable String local,
      @Nullable String remote) {
    private static final int MAX_REASON = 200;

    public Failure {
      if (reason.length() > MAX_REASON) {
        reason = reason.substring(0, MAX_REASON);
      }
    }

    /// The same, told apart by nothing but its kind.
    public Failure plain() {
      return new Failure(kind, "", null, null, null);
    }
  }

  /// Whom a session is with.
  ///
  /// @param domain the recipient's
  /// @param host the name of its mail host
  /// @param local the address that is sent from; null where nothing is sent
  /// @param remote the host's address; null where it is not called on
  public record Contact(
      DomainName domain, String host, @Nullable InetAddress local, @Nullable InetAddress remote) {
    Failure failure(FailureKind kind, String reason) {
      return new Failure(kind, reason, host, literal(local), literal(remote));
    }

    private static @Nullable String literal(@Nullable InetAddress address) {
      return address == null ? null : address.getHostAddress().split("%", 2)[0];
    }
  }

  static TlsSession good(DomainName domain, AppliedPolicy policy) {
    return new TlsSession(domain, policy, Optional.empty());
  }

  static TlsSession bad(Contact contact, AppliedPolicy policy, FailureKind kind, String reason) {
    return new TlsSession(contact.domain(), policy, Optional.of(contact.failure(kind, reason)));
  }
}
