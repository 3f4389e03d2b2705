package dev.waybill.relay.domains;

import dev.waybill.relay.domains.DomainStore.Row;
import dev.waybill.relay.domains.DomainStore.Seen;
import dev.waybill.relay.domains.DomainStore.SeenKey;
import dev.waybill.relay.domains.RecordPlan.Planned;
import dev.waybill.relay.domains.StatusRules.Cause;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.storage.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checks a domain: looks its records up, outside any transaction, and then stores what follows
/// from it in one. Any thread may use it; blocking for as long as the DNS takes.
final class Verification {
  private static final Logger LOG = LoggerFactory.getLogger(Verification.class);
  private static final int MAX_REASON = 2_000;
  private static final double JITTER = 0.1;

  private final Database database;
  private final DomainStore store;
  private final RecordPlan plan;
  private final Inspection inspection;
  private final VerificationSettings settings;
  private final Domains.Surroundings surroundings;

  Verification(
      Database database,
      RecordPlan plan,
      Inspection inspection,
      VerificationSettings settings,
      Domains.Surroundings surroundings) {
    this.database = database;
    this.store = new DomainStore();
    this.plan = plan;
    this.inspection = inspection;
    this.settings = settings;
    this.surroundings = surroundings;
  }

  /// @return whether the domain's status changed
  boolean check(UUID id, Cause cause) {
    return check(id, cause, _ -> {});
  }

  /// @param unanswered gets the records of which this look learnt nothing
  /// @return whether the domain's status changed
  boolean check(UUID id, Cause cause, Consumer<DnsRecord> unanswered) {
    Optional<Row> before = database.jdbi().withHandle(handle -> store.find(handle, id));
    if (before.isEmpty() || before.get().removed()) {
      return false;
    }
    SendingDomain domain = before.get().domain();
    List<Planned> planned =
        plan.of(domain, database.jdbi().withHandle(handle -> store.keys(handle, id)));
    Map<Planned, Finding> findings = new LinkedHashMap<>();
    for (Planned each : planned) {
      Finding finding = inspection.of(each, domain);
      findings.put(each, finding);
      if (finding instanceof Finding.Unanswered) {
        unanswered.accept(each.record());
      }
    }
    return database.durably(handle -> settle(handle, domain, findings, cause));
  }

  /// Switches a domain off, or on again as if it had just been registered.
  ///
  /// @return whether that changed anything
  boolean enable(UUID id, boolean on) {
    return database.durably(handle -> {
      Row row = store.lock(handle, id).filter(found -> !found.removed()).orElse(null);
      if (row == null || (row.domain().status() == DomainStatus.DISABLED) != on) {
        return false;
      }
      Instant now = surroundings.clock().instant();
      DomainStatus next = on ? DomainStatus.NOT_STARTED : DomainStatus.DISABLED;
      store.updateVerification(
          handle,
          new Row(
              Domains.withStatus(row.domain(), next),
              false,
              now,
              nextCheck(next, 0),
              0,
              Absence.NONE));
      store.countRevision(handle);
      String reason = on ? "enabled by the operator" : "disabled by the operator";
      surroundings.events().accept(handle, List.of(changed(row.domain(), next, reason, now)));
      LOG.info("domain {} is {}", row.domain().name(), reason);
      return true;
    });
  }

  /// When a domain in this status is looked up next; null for never.
  @Nullable Instant nextCheck(DomainStatus status, int checks) {
    return settings
        .untilNext(status, checks)
        .map(delay -> surroundings.clock().instant().plus(jittered(delay)))
        .orElse(null);
  }

  private boolean settle(
      Handle handle, SendingDomain looked, Map<Planned, Finding> findings, Cause cause) {
    Row row = store.lock(handle, looked.id()).orElse(null);
    if (row == null || row.removed() || !isSamePlan(row.domain(), looked)) {
      // what was looked up is not what counts any more; the next check will know
      return false;
    }
    DomainStatus current = row.domain().status();
    List<Finding> required =
        findings.entrySet().stream()
            .filter(entry -> entry.getKey().record().required())
            .map(Map.Entry::getValue)
            .toList();
    Instant now = surroundings.clock().instant();
    Absence absence = row.absence().after(required, now, settings.longestGap());
    Duration waited =
        current == DomainStatus.TEMPORARY_FAILURE
            ? absence.proven()
            : Duration.between(row.statusSince(), now);
    DomainStatus next = StatusRules.next(current, waited, settings.patience(), cause, required);
    remember(handle, row.domain().id(), findings, next);
    store.updateVerification(handle, advanced(row, next, cause, now, absence));
    if (next == current) {
      return false;
    }
    store.countRevision(handle);
    surroundings
        .events()
        .accept(handle, List.of(changed(row.domain(), next, reasons(findings), now)));
    LOG.info("domain {} is {} now, was {}", row.domain().name(), next.text(), current.text());
    return true;
  }

  private void remember(
      Handle handle, UUID id, Map<Planned, Finding> findings, DomainStatus status) {
    Map<SeenKey, Seen> before = store.seen(handle, id);
    Map<SeenKey, Seen> after = new HashMap<>();
    findings.forEach((planned, finding) -> {
      SeenKey key = SeenKey.of(planned.record());
      Seen seen = before.get(key);
      DnsRecord.Status was = seen == null ? DnsRecord.Status.NOT_STARTED : seen.status();
      after.put(key, new Seen(StatusRules.next(was, finding, status), finding.explanation()));
    });
    store.rememberSeen(handle, id, after);
  }

  /// An operator's check moves the schedule only of a domain that waits for its records: asking
  /// again and again must not put off the check that notices a loss.
  private Row advanced(Row row, DomainStatus next, Cause cause, Instant now, Absence absence) {
    SendingDomain domain = row.domain();
    boolean changed = next != domain.status();
    if (!changed && cause == Cause.OPERATOR && next != DomainStatus.PENDING) {
      return row;
    }
    int checks = changed || cause == Cause.OPERATOR ? 0 : row.checks() + 1;
    return new Row(
        Domains.withStatus(domain, next),
        row.removed(),
        changed ? now : row.statusSince(),
        nextCheck(next, checks),
        checks,
        next == DomainStatus.TEMPORARY_FAILURE ? absence : Absence.NONE);
  }

  private static String reasons(Map<Planned, Finding> findings) {
    List<String> reasons = new ArrayList<>();
    findings.forEach((planned, finding) -> {
      if (planned.record().required() && !(finding instanceof Finding.Right)) {
        reasons.add(
            "%s %s: %s"
                .formatted(
                    planned.record().name(), planned.record().type(), finding.explanation()));
      }
    });
    return String.join("; ", reasons);
  }

  private static Event changed(
      SendingDomain domain, DomainStatus next, String reason, Instant now) {
    return new Event(
        EventType.DOMAIN_UPDATED,
        now,
        null,
        null,
        domain.name().value(),
        Map.of(
            "domain_id",
            domain.id().toString(),
            "status",
            next.text(),
            "previous_status",
            domain.status().text(),
            "reason",
            reason.substring(0, Math.min(reason.length(), MAX_REASON))));
  }

  private static boolean isSamePlan(SendingDomain now, SendingDomain looked) {
    return now.returnPathLabel().equals(looked.returnPathLabel())
        && Objects.equals(now.trackingSubdomain(), looked.trackingSubdomain());
  }

  /// Up to a tenth earlier or later, so that domains registered together do not stay together.
  private Duration jittered(Duration delay) {
    double factor = 1 - JITTER + 2 * JITTER * surroundings.random().nextDouble();
    return Duration.ofMillis(Math.round(delay.toMillis() * factor));
  }
}
