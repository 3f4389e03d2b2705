package dev.waybill.relay.domains;

import dev.waybill.relay.brand.BrandStore;
import dev.waybill.relay.brand.Logo;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.dkim.SigningKey;
import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.domains.DomainStore.Seen;
import dev.waybill.relay.domains.DomainStore.SeenKey;
import dev.waybill.relay.domains.RegistrationRules.Judgement;
import dev.waybill.relay.domains.StatusRules.Cause;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.keyring.DomainKeyStore;
import dev.waybill.relay.keyring.Keyring;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.Sealing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The registered sending domains. Any thread may use it.
///
/// Questions of the mail path are answered from memory: a snapshot of all domains and opened keys,
/// replaced after each change here and, where other nodes change them, by [#refresh].
public final class Domains {
  private static final Logger LOG = LoggerFactory.getLogger(Domains.class);

  private final Database database;
  private final DomainStore store = new DomainStore();
  private final BrandStore brands = new BrandStore();
  private final HistoryStore history = new HistoryStore();
  private final RecordPlan plan;
  private final KeyWatch keyWatch;
  private final Verification verification;
  private final Registration registration;
  private final Surroundings surroundings;
  private final DomainNews news;
  private final MultiGauge statuses;
  private final ReentrantLock reloading = new ReentrantLock();
  private volatile DomainSnapshot snapshot = DomainSnapshot.EMPTY;

  /// What the room needs of the relay around it.
  ///
  /// @param clock in whole microseconds
  /// @param random for jitter
  /// @param events writes events within the given transaction
  /// @param meters where `waybill.domain.status` is registered
  public record Surroundings(
      InstantSource clock,
      TimeOrderedIds ids,
      RandomGenerator random,
      BiConsumer<Handle, List<Event>> events,
      MeterRegistry meters) {}

  private Domains(
      Database database,
      RecordPlan plan,
      KeyWatch keyWatch,
      Verification verification,
      Surroundings surroundings) {
    this.database = database;
    this.plan = plan;
    this.keyWatch = keyWatch;
    this.verification = verification;
    this.surroundings = surroundings;
    this.news = new DomainNews(surroundings);
    this.registration = new Registration(database, keyWatch.keyring(), verification, surroundings);
    this.statuses =
        MultiGauge.builder("waybill.domain.status")
            .description("1 for the status that each registered domain is in")
            .register(surroundings.meters());
  }

  /// Opens the domains in a migrated database and reads them all; keys sealed with an older master
  /// key are sealed afresh.
  ///
  /// @param published what the DNS says now, best past any cache
  /// @throws dev.waybill.relay.storage.StorageException when a signing key was sealed with another
  ///   master key
  public static Domains open(
      Database database,
      Sealing sealing,
      RecordPlanSettings planSettings,
      VerificationSettings verificationSettings,
      PublishedRecords published,
      Surroundings surroundings) {
    Keyring keyring = new Keyring(sealing, surroundings.clock());
    int sealedAfresh = database.durably(handle -> keyring.sealAfresh(handle, new DomainKeyStore()));
    if (sealedAfresh > 0) {
      LOG.info("{} signing keys are sealed with the new master key now", sealedAfresh);
    }
    KeyWatch keyWatch =
        new KeyWatch(
            database,
            keyring,
            published.asReceiversSee(),
            new DomainNews(surroundings),
            verificationSettings.keyGrace());
    RecordPlan plan = new RecordPlan(planSettings);
    Verification verification =
        new Verification(
            database,
            plan,
            new Inspection(published, planSettings),
            keyWatch,
            verificationSettings,
            surroundings);
    Domains domains = new Domains(database, plan, keyWatch, verification, surroundings);
    domains.reload();
    return domains;
  }

  /// The checks that come by themselves; somebody must call [VerificationSchedule#checkDue] often.
  public VerificationSchedule schedule() {
    return new VerificationSchedule(
        database, verification, this::destroyExpiredKeys, this::reload, surroundings.clock());
  }

  /// What an operator does with the signing keys.
  public Rotation rotation() {
    return new Rotation(database, keyWatch, verification, surroundings.clock(), this::reload);
  }

  private void destroyExpiredKeys() {
    Instant now = surroundings.clock().instant();
    Set<UUID> due = snapshot.withExpiredKeys(now);
    due.forEach(id -> {
      boolean _ = keyWatch.destroyExpired(id, now);
    });
    if (!due.isEmpty()) {
      reload();
    }
  }

  /// Follows changes that other nodes made; one small query where there are none. A failure is
  /// logged and leaves the answers as they were.
  public void refresh() {
    try {
      if (database.jdbi().withHandle(store::revision) != snapshot.revision()) {
        reload();
      }
    } catch (RuntimeException failure) {
      LOG.warn("the domains could not be refreshed", failure);
    }
  }

  /// The nearest registered domain that is the name or an ancestor of it, in any status.
  public Optional<SendingDomain> covering(DomainName name) {
    return snapshot.covering(name);
  }

  /// Finds a domain by id, a removed one too (queued mail of it is still signed).
  public Optional<SendingDomain> byId(UUID id) {
    return snapshot.byId(id);
  }

  /// Finds a registered (not removed) domain by its exact name.
  public Optional<SendingDomain> byName(DomainName name) {
    return snapshot.byName(name);
  }

  /// The registered domains, oldest first.
  public List<SendingDomain> list() {
    return snapshot.oldestFirst();
  }

  /// The registered and the removed domains, oldest first.
  public List<SendingDomain> listEver() {
    return snapshot.everOldestFirst();
  }

  /// When a domain was removed; empty while it is registered.
  public Optional<Instant> removedAt(UUID id) {
    return snapshot.removedAt(id);
  }

  /// The octets of a domain's logo as the database has them, a removed domain's too; empty when it
  /// has none, or another one by now.
  public Optional<byte[]> picture(UUID id, Logo logo) {
    return database.jdbi().withHandle(handle -> brands.picture(handle, id, logo.digest()));
  }

  /// What happened to a domain, newest first, at most the last thousand; a removed one's too.
  ///
  /// @param olderThan the changes before this one; null for the newest
  public List<StatusChange> history(UUID id, @Nullable UUID olderThan, int limit) {
    return database.jdbi().withHandle(handle -> history.of(handle, id, olderThan, limit));
  }

  /// The keys that sign for the domain now, RSA first; for a removed domain too.
  public List<SigningKey> signingKeys(UUID domainId) {
    return snapshot.signingKeys(domainId);
  }

  /// The domain's keys of these selectors whatever their role, as far as their private halves are
  /// still there.
  public List<SigningKey> signingKeys(UUID domainId, List<String> selectors) {
    return snapshot.storedKeys(domainId).stream()
        .filter(key -> selectors.contains(key.selector()) && !key.sealed().isEmpty())
        .map(keyWatch.keyring()::open)
        .toList();
  }

  /// Registers a domain durably, with a key that signs and a standby key; takes tenths of a second.
  public AddOutcome add(NewDomain request) {
    return switch (RegistrationRules.judge(request)) {
      case Judgement.Unfit(String problem) -> new AddOutcome.Invalid(problem);
      case Judgement.Fit fit -> add(fit, request);
    };
  }

  private AddOutcome add(Judgement.Fit fit, NewDomain request) {
    refresh();
    Optional<SendingDomain> existing = byName(fit.name());
    if (existing.isPresent()) {
      return new AddOutcome.AlreadyRegistered(existing.get());
    }
    Optional<SendingDomain> added;
    try {
      added = registration.register(fit, request);
    } catch (IllegalArgumentException unusable) {
      return new AddOutcome.Invalid(String.valueOf(unusable.getMessage()));
    }
    reload();
    return added
        .<AddOutcome>map(AddOutcome.Added::new)
        .or(() -> byName(fit.name()).map(AddOutcome.AlreadyRegistered::new))
        .orElseThrow(() -> new IllegalStateException(fit.name() + " came and went"));
  }

  /// Changes settings durably; a change that changes nothing leaves no event.
  ///
  /// @param change its `trackingSubdomain` is a label, or empty for the relay's own host again
  /// @return the domain after the change; empty when there is no such domain
  /// @throws IllegalArgumentException with words for the operator when the label or the brand is
  ///   not usable
  public Optional<SendingDomain> update(UUID id, DomainChange change) {
    boolean changed =
        database.durably(handle -> {
          SendingDomain before =
              store
                  .lock(handle, id)
                  .filter(row -> !row.removed())
                  .map(DomainStore.Row::domain)
                  .orElse(null);
          SendingDomain after = before == null ? null : RegistrationRules.apply(change, before);
          if (before == null || after == null || after.equals(before)) {
            return false;
          }
          store.updateSettings(handle, after);
          brands.put(handle, id, after.brand(), change.brand());
          store.countRevision(handle);
          news.changed(handle, after, "settings", "the operator changed the settings");
          return true;
        });
    if (changed) {
      reload();
    }
    return registered(id);
  }

  /// Removes a domain durably: its mail is refused from now on, its name may be registered afresh,
  /// and its keys go on signing what is queued.
  ///
  /// @return whether there was such a domain
  public boolean remove(UUID id) {
    boolean removed =
        database.durably(handle -> {
          Optional<DomainStore.Row> row = store.lock(handle, id).filter(r -> !r.removed());
          row.ifPresent(found -> {
            store.remove(handle, id, surroundings.clock().instant());
            store.countRevision(handle);
            news.deleted(handle, found.domain());
          });
          return row.isPresent();
        });
    if (removed) {
      reload();
    }
    return removed;
  }

  /// Switches a domain off: its mail is refused and nothing is looked up until it is enabled again,
  /// which begins as with a new one. What is queued still goes out.
  ///
  /// @return the domain after it; empty when there is no such domain
  public Optional<SendingDomain> enable(UUID id, boolean on) {
    if (verification.enable(id, on)) {
      reload();
    } else {
      refresh();
    }
    return registered(id);
  }

  /// The records to publish with what was last seen of them; none for an unknown domain.
  public List<DnsRecord> records(UUID id) {
    Optional<SendingDomain> domain = byId(id);
    if (domain.isEmpty()) {
      return List.of();
    }
    Map<SeenKey, Seen> seen = database.jdbi().withHandle(handle -> store.seen(handle, id));
    return plan.of(domain.get(), snapshot.storedKeys(id)).stream()
        .map(planned -> withSeen(planned, seen.get(SeenKey.of(planned.record()))))
        .toList();
  }

  /// Looks the domain's records up now and waits for the result; empty when there is no such
  /// domain.
  ///
  /// It verifies a domain in any status and starts a failed one afresh; it never lowers one that
  /// may mail, not even where a record is gone: that is left to the schedule, while [#records]
  /// tells it.
  public Optional<SendingDomain> verifyNow(UUID id) {
    return verifyNow(id, _ -> {});
  }

  /// As [#verifyNow(UUID)], and names the records of which the DNS said nothing this time: their
  /// status in [#records] is an older one.
  public Optional<SendingDomain> verifyNow(UUID id, Consumer<DnsRecord> unanswered) {
    if (verification.check(id, Cause.OPERATOR, unanswered)) {
      reload();
    } else {
      refresh();
    }
    return registered(id);
  }

  private Optional<SendingDomain> registered(UUID id) {
    DomainSnapshot now = snapshot;
    return now.isRegistered(id) ? now.byId(id) : Optional.empty();
  }

  private void reload() {
    reloading.lock();
    try {
      DomainSnapshot next =
          snapshot.next(database.jdbi().inTransaction(store::everything), keyWatch.keyring());
      snapshot = next;
      statuses.register(
          next.oldestFirst().stream()
              .<MultiGauge.Row<?>>map(domain ->
                  MultiGauge.Row.of(
                      Tags.of("domain", domain.name().value(), "status", domain.status().text()),
                      1))
              .toList(),
          true);
    } finally {
      reloading.unlock();
    }
  }

  private static DnsRecord withSeen(RecordPlan.Planned planned, @Nullable Seen seen) {
    return seen == null
        ? planned.record()
        : planned
            .record()
            .withSeen(seen.status(), (seen.explanation() + " " + planned.note()).strip());
  }
}
