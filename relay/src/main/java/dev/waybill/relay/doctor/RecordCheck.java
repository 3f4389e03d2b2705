package dev.waybill.relay.doctor;

import dev.waybill.relay.dkim.DkimRecord;
import dev.waybill.relay.doctor.Instruments.Inspected;
import dev.waybill.relay.domains.DnsRecord;
import dev.waybill.relay.domains.DnsRecord.Status;
import dev.waybill.relay.domains.SendingDomain;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What verification finds of the domain's own records, in the doctor's words. Stateless but for
/// its run.
final class RecordCheck {
  private static final int GOOD_RSA_BITS = 2_048;

  private static final String BULK =
      "Gmail, Yahoo and Microsoft require SPF and DKIM of those who send many messages a day, and"
          + " one of them of everybody (Gmail 5.7.26, Microsoft 550 5.7.515).";
  private static final String POLICY =
      "Gmail, Yahoo and Microsoft require a DMARC policy, at least p=none, of those who send"
          + " thousands of messages a day, and that SPF or DKIM is aligned with the From domain.";
  private static final String BOUNCES =
      "Bounces, complaints and unsubscribe mail come to the return path; without them the same dead"
          + " addresses are mailed again, which costs reputation.";
  private static final String LINKS =
      "Links and pictures in the domain's mail lead there, and so does one-click unsubscribing.";
  private static final String STRONG =
      "Gmail asks for 1,024 bits at least and recommends 2,048 (RFC 8301 §3.2).";
  private static final String AHEAD =
      "Mail is good by the active key; the others are for the next change of keys, for mail that is"
          + " still on its way, or for a second signature.";
  private static final String SENDS = "Mail of a domain that is not verified is refused here.";

  private final Examination run;

  RecordCheck(Examination run) {
    this.run = run;
  }

  /// Looks the records up, and raises the domain's status where that is due.
  List<Diagnosis> of(SendingDomain asked) {
    Optional<Inspected> inspected = run.instruments().inspection().apply(asked.id());
    if (inspected.isEmpty()) {
      return List.of(
          Diagnosis.fail(
              Check.DOMAIN,
              asked.name().value(),
              "The domain was removed meanwhile.",
              SENDS,
              "Register it again with waybillctl domains add."));
    }
    SendingDomain domain = inspected.get().domain();
    List<Diagnosis> diagnoses = new ArrayList<>();
    diagnoses.add(status(domain));
    for (DnsRecord record : inspected.get().records()) {
      diagnoses.add(judge(record, inspected.get()));
    }
    return diagnoses;
  }

  private static Diagnosis status(SendingDomain domain) {
    String name = domain.name().value();
    String found = "It is %s.".formatted(domain.status().text());
    return switch (domain.status()) {
      case VERIFIED -> Diagnosis.pass(Check.DOMAIN, name, found, SENDS);
      case TEMPORARY_FAILURE ->
          Diagnosis.warn(
              Check.DOMAIN,
              name,
              found + " Its mail still goes out, for 72 hours from the first denial on.",
              SENDS,
              "Repair the records below.");
      case NOT_STARTED, PENDING, FAILED ->
          Diagnosis.fail(
                  Check.DOMAIN, name, found, SENDS, "Publish the records that fail, and then run:")
              .pasting("waybillctl domains verify %s --wait".formatted(name));
      case DISABLED ->
          Diagnosis.fail(Check.DOMAIN, name, found, SENDS, "Switch it on again:")
              .pasting("waybillctl domains enable " + name);
    };
  }

  private static Diagnosis judge(DnsRecord record, Inspected inspected) {
    boolean answered = !inspected.isUnanswered(record);
    SendingDomain domain = inspected.domain();
    if (record.purpose().equals("DKIM")) {
      return dkim(record, answered);
    }
    if (record.purpose().equals("DMARC")) {
      Diagnosis diagnosis = plain(Check.DMARC, record, answered, POLICY);
      return diagnosis.verdict() == Diagnosis.Verdict.PASS
          ? Diagnosis.pass(
              Check.DMARC,
              diagnosis.subject(),
              "%s Signatures of %s are aligned with From %s."
                  .formatted(diagnosis.found(), domain.name(), domain.name()),
              POLICY)
          : diagnosis;
    }
    return switch (record.type()) {
      case "MX" -> plain(Check.RETURN_PATH, record, answered, BOUNCES);
      case "CNAME" -> plain(Check.TRACKING, record, answered, LINKS);
      default -> plain(Check.SPF, record, answered, BULK);
    };
  }

  private static Diagnosis plain(Check check, DnsRecord record, boolean answered, String reason) {
    String name = record.name().value();
    if (!answered) {
      return Diagnosis.unknown(check, name, record.explanation(), reason, "Ask again in a while.");
    }
    return record.status() == Status.VERIFIED
        ? Diagnosis.pass(check, name, record.explanation(), reason)
        : Diagnosis.fail(check, name, record.explanation(), reason, "Publish:")
            .pasting(ZoneLine.of(record));
  }

  private static Diagnosis dkim(DnsRecord record, boolean answered) {
    Diagnosis diagnosis = plain(Check.DKIM, record, answered, record.required() ? BULK : AHEAD);
    boolean present = diagnosis.verdict() == Diagnosis.Verdict.PASS;
    String title = title(record);
    if (present && bits(record) < GOOD_RSA_BITS && record.required()) {
      return Diagnosis.warn(
          Check.DKIM,
          diagnosis.subject(),
          "%s: %s".formatted(title, diagnosis.found()),
          STRONG,
          "Sign with a key of 2,048 bits: register the domain with one, or let the relay make one.");
    }
    Diagnosis titled =
        new Diagnosis(
            diagnosis.check(),
            diagnosis.subject(),
            diagnosis.verdict(),
            "%s: %s".formatted(title, diagnosis.found()),
            diagnosis.reason(),
            diagnosis.fix(),
            diagnosis.paste());
    return record.required() ? titled : titled.softened();
  }

  private static String title(DnsRecord record) {
    if (DkimRecord.parse(record.value()) instanceof DkimRecord.Key(DkimRecord key)
        && key.publicKey() instanceof EdECPublicKey) {
      return "Ed25519";
    }
    return "RSA, %d bits%s".formatted(bits(record), record.required() ? ", active" : "");
  }

  /// The length of an RSA key; of another one more than any.
  private static int bits(DnsRecord record) {
    return DkimRecord.parse(record.value()) instanceof DkimRecord.Key(DkimRecord key)
            && key.publicKey() instanceof RSAPublicKey rsa
        ? rsa.getModulus().bitLength()
        : Integer.MAX_VALUE;
  }
}
