package dev.waybill.relay.transport;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Database;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The MTA-STS policies of recipients' domains (RFC 8461). Any thread may call it; it blocks, so
/// call from virtual threads.
///
/// A policy stands for as long as it said when it was fetched, and survives a restart: neither a
/// DNS nor a policy host that fails takes it away. A domain whose policy was never fetched has
/// none.
final class StsPolicies {
  private static final Logger LOG = LoggerFactory.getLogger(StsPolicies.class);
  private static final int MAX_KEPT = 50_000;
  private static final int MAX_FETCHES = 200;
  private static final int REFRESHED_AT_ONCE = 100;
  private static final Duration KEPT = Duration.ofMinutes(10);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(5);
  private static final Duration REFRESH_AGAIN = Duration.ofHours(1);
  private static final Duration IN_USE = Duration.ofDays(30);
  private static final Duration NOTED = Duration.ofDays(1);

  /// Why a domain that says it has a policy has none.
  record Trouble(FailureKind kind, String reason) {}

  private final PublishedRecords dns;
  private final PolicyFetch fetch;
  private final StsPolicyStore store;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final Semaphore fetches = new Semaphore(MAX_FETCHES);
  private final Cache<DomainName, Optional<KnownPolicy>> kept =
      Caffeine.newBuilder().maximumSize(MAX_KEPT).expireAfterWrite(KEPT).build();

  /// The time of the last fetch that failed, by domain and id.
  private final Cache<String, Instant> failures =
      Caffeine.newBuilder().maximumSize(MAX_KEPT).expireAfterWrite(PAUSE_AFTER_FAILURE).build();

  private final Cache<DomainName, Trouble> troubles =
      Caffeine.newBuilder().maximumSize(MAX_KEPT).expireAfterWrite(REFRESH_AGAIN).build();

  private final Map<DomainName, CompletableFuture<Optional<KnownPolicy>>> underWay =
      new ConcurrentHashMap<>();

  StsPolicies(
      PublishedRecords dns,
      PolicyFetch fetch,
      Database database,
      InstantSource clock,
      MeterRegistry meters) {
    this.dns = dns;
    this.fetch = fetch;
    this.store = new StsPolicyStore(database);
    this.clock = clock;
    this.meters = meters;
  }

  /// The policy that counts for the domain now; empty when there is none.
  ///
  /// @throws dev.waybill.relay.storage.StorageException when it is not known what was fetched
  Optional<StsPolicy> of(DomainName domain) {
    Instant now = clock.instant();
    Optional<KnownPolicy> known = known(domain).filter(policy -> policy.standsAt(now));
    Optional<String> id = publishedId(domain);
    if (id.isEmpty()) {
      troubles.invalidate(domain);
    }
    if (id.isPresent() && known.filter(policy -> policy.recordId().equals(id.get())).isEmpty()) {
      Optional<KnownPolicy> fetched = fetchOnce(domain, id.get(), now);
      if (fetched.isPresent()) {
        return fetched.map(KnownPolicy::policy);
      }
    }
    known
        .filter(policy -> policy.usedAt().plus(NOTED).isBefore(now))
        .ifPresent(policy -> {
          store.used(domain, now);
          kept.invalidate(domain);
        });
    return known.map(KnownPolicy::policy);
  }

  /// Fetches policies again that are in use and have stood for a while, and forgets those that have
  /// run out. To be called now and then, where it may block.
  void refresh() {
    Instant now = clock.instant();
    int expired = store.removeExpired(now);
    if (expired > 0) {
      LOG.info("{} MTA-STS policies have run out", expired);
    }
    for (KnownPolicy known : store.due(now, now.minus(IN_USE), REFRESHED_AT_ONCE)) {
      Optional<String> id = publishedId(known.domain());
      if (id.isEmpty() || fetchOnce(known.domain(), id.get(), known.usedAt()).isEmpty()) {
        store.refreshLater(known.domain(), now.plus(REFRESH_AGAIN));
      }
    }
  }

  /// The policy as it was seen last, if that is at hand.
  Optional<StsPolicy> remembered(DomainName domain) {
    Optional<KnownPolicy> known = kept.getIfPresent(domain);
    return known == null ? Optional.empty() : known.map(KnownPolicy::policy);
  }

  /// Why the policy that the domain says it has could not be had lately; empty when it could.
  Optional<Trouble> trouble(DomainName domain) {
    return Optional.ofNullable(troubles.getIfPresent(domain));
  }

  /// Whether the domain says that it has no policy, or the one that it has is at hand.
  boolean isSure(DomainName domain) {
    Optional<DomainName> name = DomainName.parse("_mta-sts." + domain);
    if (name.isEmpty()) {
      return true;
    }
    return switch (dns.texts(name.get())) {
      case Lookup.NoRecord<String> _, Lookup.NoSuchName<String> _ -> true;
      case Lookup.Found<String>(List<String> texts) ->
          StsRecord.among(texts)
              .map(StsRecord::id)
              .map(id -> known(domain).filter(policy -> policy.recordId().equals(id)).isPresent())
              .orElse(true);
      case Lookup.NoAnswer<String> _, Lookup.Unproven<String> _ -> false;
    };
  }

  private Optional<KnownPolicy> known(DomainName domain) {
    Optional<KnownPolicy> known = kept.getIfPresent(domain);
    if (known == null) {
      known = store.find(domain);
      kept.put(domain, known);
    }
    return known;
  }

  private Optional<String> publishedId(DomainName domain) {
    // the name may be too long to have one below it
    return DomainName.parse("_mta-sts." + domain)
        .flatMap(name ->
            dns.texts(name) instanceof Lookup.Found<String> found
                ? StsRecord.among(found.records()).map(StsRecord::id)
                : Optional.empty());
  }

  /// Fetches once for all who wait for it.
  private Optional<KnownPolicy> fetchOnce(DomainName domain, String id, Instant usedAt) {
    CompletableFuture<Optional<KnownPolicy>> own = new CompletableFuture<>();
    CompletableFuture<Optional<KnownPolicy>> other = underWay.putIfAbsent(domain, own);
    if (other != null) {
      return other.join();
    }
    Optional<KnownPolicy> fetched = Optional.empty();
    try {
      fetched = fetch(domain, id, usedAt);
      return fetched;
    } finally {
      underWay.remove(domain);
      own.complete(fetched);
    }
  }

  private Optional<KnownPolicy> fetch(DomainName domain, String id, Instant usedAt) {
    String asked = domain + " " + id;
    if (failures.getIfPresent(asked) != null || !fetches.tryAcquire()) {
      return Optional.empty();
    }
    try {
      return switch (fetch.fetch(domain)) {
        case PolicyFetch.Fetched.Nothing(String reason, boolean untrusted) ->
            failed(
                domain,
                asked,
                untrusted ? FailureKind.STS_WEBPKI_INVALID : FailureKind.STS_POLICY_FETCH_ERROR,
                reason);
        case PolicyFetch.Fetched.Text(String text) ->
            switch (StsPolicy.read(text)) {
              case StsPolicy.Reading.Malformed(String reason) ->
                  failed(domain, asked, FailureKind.STS_POLICY_INVALID, reason);
              case StsPolicy.Reading.Read(StsPolicy policy) ->
                  Optional.of(keep(new KnownPolicy(domain, id, policy, clock.instant(), usedAt)));
            };
      };
    } finally {
      fetches.release();
    }
  }

  private KnownPolicy keep(KnownPolicy known) {
    store.save(known);
    kept.put(known.domain(), Optional.of(known));
    troubles.invalidate(known.domain());
    count("fetched");
    LOG.info("MTA-STS policy of {}: {}", known.domain(), known.policy());
    return known;
  }

  private Optional<KnownPolicy> failed(
      DomainName domain, String asked, FailureKind kind, String reason) {
    failures.put(asked, clock.instant());
    troubles.put(domain, new Trouble(kind, reason));
    count("failed");
    LOG.info("the MTA-STS policy of {} cannot be had: {}", domain, reason);
    return Optional.empty();
  }

  private void count(String result) {
    Counter.builder("waybill.mta.sts.fetches")
        .description("MTA-STS policies fetched, and those that could not be")
        .tag("result", result)
        .register(meters)
        .increment();
  }
}
