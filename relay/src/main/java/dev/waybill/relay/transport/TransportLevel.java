package dev.waybill.relay.transport;

import java.util.Locale;

/// How well a connection is secured, and by whose wish; each is better than the one before.
public enum TransportLevel {
  /// In clear.
  NONE,
  /// TLS because the host offers it, with whatever certificate.
  OPPORTUNISTIC,
  /// TLS with whatever certificate and never without, because of TLSA records that cannot be used.
  ENCRYPTED,
  /// TLS with a valid certificate, because the sending domain wants it, or the route.
  ENFORCED,
  /// The same to a host that is proven to be the right one and passes it on, because the message
  /// says REQUIRETLS (RFC 8689).
  REQUIRETLS,
  /// TLS with a valid certificate and a host that the recipient's domain names in its policy.
  MTA_STS,
  /// TLS with a certificate that TLSA records vouch for.
  DANE;

  /// As events and metrics say it, such as `mta-sts`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
