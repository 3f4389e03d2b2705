package dev.waybill.relay.domains;

import dev.waybill.relay.domains.DomainStore.Row;
import dev.waybill.relay.domains.DomainStore.Seen;
import dev.waybill.relay.domains.DomainStore.SeenKey;
import dev.waybill.relay.domains.RecordPlan.Planned;
import dev.waybill.relay.domains.StatusRules.Cause;
import dev.waybill.relay.keyring.DomainKey;
import dev.waybill.relay.keyring.KeyLife.Sight;
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

/// Checks a domain: looks its records up, outside any transaction, and then stores what follows
/// from it in one. Any thread may use it; blocking for as long as the DNS takes.
final class Verification {
  private static final double JITTER = 0.1;

  private final Database database;
  private final DomainStore store;
  private final RecordPlan plan;
  private final Inspection inspection;
  private final KeyWatch keyWatch;
  private final VerificationSettings settings;
  private final Domains.Surroundings surroundings;
  private final DomainNews news;

  Verification(
      Database database,
      RecordPlan plan,
      Inspection inspection,
      KeyWatch keyWatch,
      VerificationSettings settings,
      Domains.Surroundings surroundings) {
    this.database = database;
    this.store = new DomainStore();
    this.plan = plan;
    this.inspection = inspection;
    this.keyWatch = keyWatch;
    this.settings = settings;
    this.surroundings = surroundings;
    this.news = new DomainNews(surroundings);
  }

  /// What a look saw.
  ///
  /// @param domain as it was
  /// @param keys as they were
  private record Look(
      SendingDomain domain,
      List<DomainKey> keys,
      Map<Planned, Finding> findings,
      Map<String, Sight> sights) {}

  /// @return whether the domain's status or its keys changed
  boolean check(UUID id, Cause cause) {
    return check(id, cause, _ -> {});
  }

  /// @param unanswered gets the records of which this look learnt nothing
  /// @return whether the domain's status or its keys changed
  boolean check(UUID id, Cause cause, Consumer<DnsRecord> unanswered) {
    Optional<Row> before = database.jdbi().withHandle(handle -> store.find(handle, id));
    if (before.isEmpty() || before.get().removed()) {
      return false;
    }
    SendingDomain domain = before.get().domain();
    List<DomainKey> keys = keyWatch.keys(id);
    Map<Planned, Finding> findings = new LinkedHashMap<>();
    for (Planned each : plan.of(domain, keys)) {
      Finding finding = inspection.of(each, domain);
      findings.put(each, finding);
      if (finding instanceof Finding.Unanswered) {
        unanswered.accept(each.record());
      }
    }
    Look look = new Look(domain, keys, findings, keyWatch.sights(domain, keys, findings));
    boolean changed = database.durably(handle -> settle(handle, look, cause));
    return keyWatch.replenish(id) || changed;
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
      DomainStatus next = on ? DomainStatus.NOT_STARTED : DomainStatus.DISABLED;
      SendingDomain after = row.domain().withStatus(next);
      Instant now = surroundings.clock().instant();
      store.updateVerification(
          handle, new Row(after, null, now, nextCheck(next, 0, false), 0, Absence.NONE));
      store.countRevision(handle);
      String reason = on ? "enabled by the operator" : "disabled by the operator";
      news.statusChanged(handle, after, row.domain().status(), reason);
      return true;
    });
  }

  /// When a domain in this status is looked up next; null for never.
  ///
  /// @param awaiting whether a key waits to be seen
  @Nullable Instant nextCheck(DomainStatus status, int checks, boolean awaiting) {
    return settings
        .untilNext(status, checks, awaiting)
        .map(delay -> surroundings.clock().instant().plus(jittered(delay)))
        .orElse(null);
  }

  private boolean settle(Handle handle, Look look, Cause cause) {
    Row row = store.lock(handle, look.domain().id()).orElse(null);
    if (row == null
        || row.removed()
        || !isSamePlan(row.domain(), look.domain())
        || !keyWatch.isSame(handle, row.domain().id(), look.keys())) {
      // what was looked up is not what counts any more; the next check will know
      return false;
    }
    DomainStatus current = row.domain().status();
    List<Finding> required =
        look.findings().entrySet().stream()
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
    remember(handle, row.domain().id(), look.findings(), next);
    boolean keysChanged = keyWatch.settle(handle, row.domain(), look.keys(), look.sights(), now);
    Row after = advanced(row, next, cause, now, absence);
    boolean awaiting = !keysChanged && look.keys().stream().anyMatch(DomainKey::awaited);
    store.updateVerification(handle, awaiting ? sooner(after, cause) : after);
    if (next == current) {
      return keysChanged;
    }
    store.countRevision(handle);
    news.statusChanged(handle, after.domain(), current, reasons(look.findings()));
    return true;
  }

  /// Looks again soon where a key waits to be seen.
  private Row sooner(Row row, Cause cause) {
    int checks = cause == Cause.OPERATOR ? 0 : row.checks();
    Instant soon = nextCheck(row.domain().status(), checks, true);
    Instant next = row.nextCheckAt();
    return soon == null || next == null || next.isBefore(soon)
        ? row
        : new Row(row.domain(), row.removedAt(), row.statusSince(), soon, checks, row.absence());
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
        domain.withStatus(next),
        row.removedAt(),
        changed ? now : row.statusSince(),
        nextCheck(next, checks, false),
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
    return reasons.isEmpty() ? "every required record was found" : String.join("; ", reasons);
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
