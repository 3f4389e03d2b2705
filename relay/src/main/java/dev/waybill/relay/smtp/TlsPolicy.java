package dev.waybill.relay.smtp;

import dev.waybill.relay.message.DomainName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a connection asks of TLS. A value; any thread may use it.
public sealed interface TlsPolicy {
  /// Never STARTTLS: for the second try after a failed handshake.
  TlsPolicy CLEAR = new Clear();

  /// STARTTLS where it is offered; a bad certificate is noted, not obeyed (RFC 7435).
  TlsPolicy OPPORTUNISTIC = new Opportunistic();

  /// STARTTLS with any certificate, or no session (RFC 7672 §2.2: only unusable TLSA records).
  TlsPolicy ENCRYPTED = new Encrypted();

  /// STARTTLS with a certificate that an authority vouches for and that is valid for the host's
  /// name, or no session.
  TlsPolicy REQUIRED = new Required();

  /// TLS before the first word (RFC 8314 §3.3), with a certificate as for [#REQUIRED], or no
  /// session.
  TlsPolicy IMPLICIT = new Implicit();

  record Clear() implements TlsPolicy {}

  record Opportunistic() implements TlsPolicy {}

  record Encrypted() implements TlsPolicy {}

  record Required() implements TlsPolicy {}

  record Implicit() implements TlsPolicy {}

  /// STARTTLS with a certificate that TLSA records vouch for, or no session (RFC 7672 §3).
  ///
  /// @param associations what the records say, at least one
  /// @param names the host's names; the first is the one that the records were found for and is
  ///   sent as SNI. Where an authority of the records vouches, the certificate is for one of them
  /// @param nextHop the recipient's domain: a certificate may be for it instead (RFC 7672 §3.2.2);
  ///   the session is then for this domain only
  record Dane(Set<CertificateAssociation> associations, List<DomainName> names, DomainName nextHop)
      implements TlsPolicy {
    public Dane {
      associations = Set.copyOf(associations);
      names = List.copyOf(names);
      if (associations.isEmpty() || names.isEmpty()) {
        throw new IllegalArgumentException(
            "DANE for %s with %s (expected: at least one name and one association)"
                .formatted(names, associations));
      }
    }
  }

  /// Whether there is no session without TLS.
  default boolean isMandatory() {
    return switch (this) {
      case Clear _, Opportunistic _ -> false;
      case Encrypted _, Required _, Implicit _, Dane _ -> true;
    };
  }

  /// Whether there is no session without an authenticated host.
  default boolean isAuthenticating() {
    return switch (this) {
      case Clear _, Opportunistic _, Encrypted _ -> false;
      case Required _, Implicit _, Dane _ -> true;
    };
  }

  /// The name to send as SNI instead of the host's.
  default Optional<DomainName> serverName() {
    return this instanceof Dane dane ? Optional.of(dane.names().getFirst()) : Optional.empty();
  }
}
