package dev.waybill.relay.tlsreport;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.message.DomainName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Which domains ask for reports. Any thread may call it; it blocks, and no mail waits for it.
final class ReportRecords {
  private static final int MAX_KEPT = 50_000;
  private static final Duration KEPT = Duration.ofMinutes(30);
  private static final Duration SILENCE_KEPT = Duration.ofMinutes(5);

  /// What is known of a domain.
  sealed interface Known {
    record Asks(ReportRecord record) implements Known {}

    record AsksNot() implements Known {}

    /// The DNS did not answer.
    record Unknown() implements Known {}
  }

  private final PublishedRecords dns;
  private final Cache<DomainName, Known> kept;
  private final Cache<DomainName, Known> silent;

  ReportRecords(PublishedRecords dns, InstantSource clock) {
    this.dns = dns;
    this.kept = cache(KEPT, clock);
    this.silent = cache(SILENCE_KEPT, clock);
  }

  private static Cache<DomainName, Known> cache(Duration kept, InstantSource clock) {
    return Caffeine.newBuilder()
        .maximumSize(MAX_KEPT)
        .expireAfterWrite(kept)
        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
        .build();
  }

  Known of(DomainName domain) {
    Known known = kept.getIfPresent(domain);
    if (known == null) {
      known = silent.getIfPresent(domain);
    }
    if (known == null) {
      known = look(domain);
      (known instanceof Known.Unknown ? silent : kept).put(domain, known);
    }
    return known;
  }

  private Known look(DomainName domain) {
    Optional<DomainName> name = DomainName.parse("_smtp._tls." + domain);
    if (name.isEmpty()) {
      return new Known.AsksNot();
    }
    return switch (dns.texts(name.get())) {
      case Lookup.Found<String>(List<String> texts) ->
          ReportRecord.among(texts).<Known>map(Known.Asks::new).orElseGet(Known.AsksNot::new);
      case Lookup.NoRecord<String> _, Lookup.NoSuchName<String> _ -> new Known.AsksNot();
      case Lookup.NoAnswer<String> _, Lookup.Unproven<String> _ -> new Known.Unknown();
    };
  }
}
