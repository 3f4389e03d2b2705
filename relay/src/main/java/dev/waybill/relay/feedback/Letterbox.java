package dev.waybill.relay.feedback;

import dev.waybill.relay.message.DomainName;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A mailbox that people and programs may write to without a token, and whose letters are kept for
/// the operator.
///
/// @param name which one
/// @param host the domain that was written to
/// @param domain the registered domain whose return path it is; null for the door's own host
record Letterbox(Name name, DomainName host, @Nullable DomainName domain) {
  /// Which mailboxes there are.
  enum Name {
    /// Aggregate reports, as the DMARC record of a domain asks for (RFC 9990 §3).
    DMARC,
    /// RFC 5321 §4.5.1.
    POSTMASTER,
    /// RFC 2142 §4; also where feedback loops send complaints.
    ABUSE;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Name> parse(String localPart) {
      return Arrays.stream(values())
          .filter(name -> name.text().equals(localPart.toLowerCase(Locale.ROOT)))
          .findFirst();
    }
  }

  Letterbox {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(host, "host");
  }

  @Override
  public String toString() {
    return name.text() + "@" + host;
  }
}
