package dev.waybill.relay.doctor;

import dev.waybill.relay.doctor.Diagnosis.Verdict;
import dev.waybill.relay.domains.SendingDomain;
import java.util.Comparator;
import java.util.List;

/// What an examination found. Immutable; any thread may use it.
///
/// @param domain as it stood when it began
/// @param diagnoses in the order of [Check]
public record Report(SendingDomain domain, List<Diagnosis> diagnoses) {
  public Report {
    diagnoses = List.copyOf(diagnoses);
  }

  /// The worst of the verdicts.
  public Verdict verdict() {
    return diagnoses.stream()
        .map(Diagnosis::verdict)
        .max(Comparator.naturalOrder())
        .orElse(Verdict.UNKNOWN);
  }
}
