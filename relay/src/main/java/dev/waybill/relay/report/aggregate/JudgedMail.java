package dev.waybill.relay.report.aggregate;

import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Mail that a receiver judged alike. A value.
///
/// @param source the host that it came from; null where the report does not say, or where rare ones
///   were put together
/// @param headerFrom the domain in From
/// @param disposition what was done with it
/// @param exception why the policy was not followed, such as `mailing_list`; empty where it was
/// @param dkim of the signatures, the one that tells most
/// @param spf of the return path
public record JudgedMail(
    @Nullable InetAddress source,
    DomainName headerFrom,
    Disposition disposition,
    String exception,
    AuthCheck dkim,
    AuthCheck spf) {
  public JudgedMail {
    Objects.requireNonNull(headerFrom, "headerFrom");
    Objects.requireNonNull(disposition, "disposition");
    Objects.requireNonNull(exception, "exception");
    Objects.requireNonNull(dkim, "dkim");
    Objects.requireNonNull(spf, "spf");
  }

  /// Whether DMARC passes: one of the two is enough (RFC 9989 §5.3.5).
  public boolean passes() {
    return dkim.passes() || spf.passes();
  }

  /// The same judgement without where the mail came from and whom it names.
  ///
  /// @param from stands in for the From domain
  JudgedMail anonymous(DomainName from) {
    return new JudgedMail(
        null,
        from,
        disposition,
        "",
        new AuthCheck(dkim.outcome(), "", ""),
        new AuthCheck(spf.outcome(), "", ""));
  }
}
