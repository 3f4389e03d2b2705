package dev.waybill.relay.domains;

import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.keyring.DomainKey;
import dev.waybill.relay.keyring.DomainKey.Role;
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
    RETURN_PATH("SPF", "MX", "Brings bounces back to this relay."),
    /// Which hosts may use the return path.
    SPF("SPF", "TXT", "Says which hosts may send with the return path."),
    DKIM("DKIM", "TXT", "The key with which receivers check signatures."),
    DMARC(
        "DMARC",
        "TXT",
        "Says what receivers do with mail that is not yours; large ones ask for it."),
    /// The customer's own name for the tracking host.
    TRACKING("Tracking", "CNAME", "Lets counted links go through a name of yours.");

    private final String purpose;
    private final String type;
    private final String meaning;

    Kind(String purpose, String type, String meaning) {
      this.purpose = purpose;
      this.type = type;
      this.meaning = meaning;
    }
  }

  /// One record of the plan, not looked up yet.
  ///
  /// @param note for its owner, whatever a look finds; often empty
  record Planned(Kind kind, DnsRecord record, String note) {}

  /// The records in the order in which operators are shown them.
  List<Planned> of(SendingDomain domain, List<DomainKey> keys) {
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
    for (Role role : List.of(Role.ACTIVE, Role.STANDBY, Role.RETIRING)) {
      for (DomainKey key : keys) {
        if (key.role() == role) {
          records.add(key(domain, key));
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

  /// The selector's owner name relative to its domain.
  static String keyName(DomainKey key) {
    return key.selector() + "._domainkey";
  }

  private static Planned key(SendingDomain domain, DomainKey key) {
    boolean required = key.is(Algorithm.RSA_SHA256, Role.ACTIVE);
    String note =
        key.role() == Role.RETIRING
            ? "It signs no more; keep the record until %s.".formatted(key.removableText())
            : "";
    Planned planned =
        planned(Kind.DKIM, domain.name(), keyName(key), key.published(), null, required);
    return new Planned(Kind.DKIM, planned.record().withExplanation(meaning(key)), note);
  }

  private static String meaning(DomainKey key) {
    if (key.algorithm() == Algorithm.ED25519_SHA256) {
      return "A second key, for receivers that know Ed25519; it signs once it is published.";
    }
    return switch (key.role()) {
      case STANDBY -> "The next key, published ahead so that changing keys needs no new record.";
      case ACTIVE, RETIRING, RETIRED -> Kind.DKIM.meaning;
    };
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
            kind.meaning),
        "");
  }
}
