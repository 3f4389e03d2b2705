package dev.waybill.relay.domains;

import dev.waybill.relay.domains.DomainKeys.Role;
import dev.waybill.relay.domains.DomainKeys.StoredKey;
import dev.waybill.relay.message.DomainName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which records a domain's owner publishes. Immutable; any thread.
final class RecordPlan {
  private static final int MX_PREFERENCE = 10;

  private final RecordPlanSettings settings;

  RecordPlan(RecordPlanSettings settings) {
    this.settings = settings;
  }

  /// What a record is for, which decides how it is judged.
  enum Kind {
    /// Where bounces of the return path go.
    RETURN_PATH("SPF", "MX"),
    /// Which hosts may use the return path.
    SPF("SPF", "TXT"),
    DKIM("DKIM", "TXT"),
    DMARC("DMARC", "TXT"),
    /// The customer's own name for the tracking host.
    TRACKING("Tracking", "CNAME");

    private final String purpose;
    private final String type;

    Kind(String purpose, String type) {
      this.purpose = purpose;
      this.type = type;
    }
  }

  /// One record of the plan, not looked up yet.
  record Planned(Kind kind, DnsRecord record) {}

  /// The records in the order in which operators are shown them.
  List<Planned> of(SendingDomain domain, List<StoredKey> keys) {
    String returnPath = domain.returnPathLabel();
    List<Planned> records = new ArrayList<>();
    records.add(
        planned(
            Kind.RETURN_PATH,
            domain.name(),
            returnPath,
            settings.feedbackHost().value(),
            MX_PREFERENCE,
            true));
    records.add(
        planned(
            Kind.SPF,
            domain.name(),
            returnPath,
            "v=spf1 " + String.join(" ", settings.spfMechanisms()) + " ~all",
            null,
            true));
    for (Role role : Role.values()) {
      for (StoredKey key : keys) {
        if (key.role() == role) {
          String name = key.selector() + "._domainkey";
          boolean required = role == Role.ACTIVE;
          records.add(planned(Kind.DKIM, domain.name(), name, key.published(), null, required));
        }
      }
    }
    String policy = "v=DMARC1; p=none; rua=mailto:dmarc@" + domain.returnPathDomain();
    records.add(planned(Kind.DMARC, domain.name(), "_dmarc", policy, null, false));
    String tracking = domain.trackingSubdomain();
    if (tracking != null) {
      String target = settings.trackingHost().value();
      records.add(planned(Kind.TRACKING, domain.name(), tracking, target, null, true));
    }
    return records;
  }

  private static Planned planned(
      Kind kind,
      DomainName domain,
      String relativeName,
      String value,
      @Nullable Integer priority,
      boolean required) {
    return new Planned(
        kind,
        new DnsRecord(
            kind.purpose,
            kind.type,
            domain.child(relativeName),
            relativeName,
            value,
            priority,
            required,
            DnsRecord.Status.NOT_STARTED,
            ""));
  }
}
