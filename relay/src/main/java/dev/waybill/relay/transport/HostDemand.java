package dev.waybill.relay.transport;

import dev.waybill.relay.smtp.TlsPolicy;
import java.util.Optional;

/// What a connection to one host has to keep to. A value.
public sealed interface HostDemand {
  /// Whose wish it is.
  TransportLevel level();

  /// The host may get mail.
  ///
  /// @param tested what a policy that is only tested would say against the host, before it is
  ///   connected to; empty when nothing is tested or nothing said
  /// @param testing whether a policy is tested
  record Open(TlsPolicy tls, TransportLevel level, boolean testing, Optional<String> tested)
      implements HostDemand {}

  /// The host may get none, now.
  ///
  /// @param unanswered whether that is because the DNS, or who else could speak for the host, did
  ///   not answer
  /// @param lasting whether all that could speak for the host was asked, and answered that it does
  ///   not: the next attempt would hear the same
  record Barred(TransportLevel level, String reason, boolean unanswered, boolean lasting)
      implements HostDemand {
    /// For a reason that may be gone the next time.
    public Barred(TransportLevel level, String reason, boolean unanswered) {
      this(level, reason, unanswered, false);
    }
  }
}
