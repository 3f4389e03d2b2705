package dev.waybill.relay.dmarc;

import dev.waybill.relay.dmarc.Sender.Origin;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.aggregate.PublishedPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Puts a summary together. Confined to one thread.
final class Summing {
  /// Addresses that are told apart; rarer ones are missing from every sum by address.
  private static final int MOST_SOURCES = 10_000;

  private static final int MOST_REPORTERS = 100;
  private static final int MOST_FAILURES = 5_000;
  private static final int FAILURES_EACH = 3;

  private final FigureStore store;
  private final @Nullable Predicate<String> own;
  private final DomainName domain;

  /// @param own whether an address is this relay's; null where none of them is known
  Summing(FigureStore store, @Nullable Predicate<String> own, DomainName domain) {
    this.store = store;
    this.own = own;
    this.domain = domain;
  }

  Summary of(Days days, int mostSenders, SendLog log) {
    FigureStore.Counts counts = store.counts(domain, days);
    List<FigureStore.Source> sources = store.sources(domain, days, MOST_SOURCES);
    Figures relay = sum(sources, Origin.RELAY);
    Figures others = sum(sources, Origin.OTHER).plus(sum(sources, Origin.UNNAMED));
    Optional<PublishedPolicy> policy = store.policy(domain, days);
    Advisor advisor =
        new Advisor(
            domain,
            policy.orElse(null),
            new Advisor.Evidence(
                own != null,
                counts,
                relay,
                others,
                failing(sources),
                new Advisor.Coverage(reported(log.days()), log.delivered())));
    return new Summary(
        policy,
        new Summary.Extent(
            counts.reports(), counts.reporters(), counts.days(), sources.size(), relay),
        relay.plus(others),
        senders(sources, days, mostSenders),
        store.reporters(domain, days, MOST_REPORTERS),
        advisor.advice());
  }

  private List<Sender> senders(List<FigureStore.Source> sources, Days days, int most) {
    Map<String, List<Sender.Failure>> failures = store.failures(domain, days, MOST_FAILURES);
    List<Sender> senders = new ArrayList<>();
    for (FigureStore.Source source : sources) {
      if (senders.size() == most) {
        break;
      }
      String address = source.address();
      List<Sender.Failure> why = failures.getOrDefault(address == null ? "" : address, List.of());
      senders.add(
          new Sender(
              address,
              origin(source),
              source.figures(),
              why.subList(0, Math.min(why.size(), FAILURES_EACH))));
    }
    return senders;
  }

  private Figures sum(List<FigureStore.Source> sources, Origin origin) {
    return sources.stream()
        .filter(source -> origin(source) == origin)
        .map(FigureStore.Source::figures)
        .reduce(Figures.NONE, Figures::plus);
  }

  /// Hosts other than this relay whose mail fails.
  private long failing(List<FigureStore.Source> sources) {
    return sources.stream()
        .filter(source -> origin(source) != Origin.RELAY && source.figures().failed() > 0)
        .count();
  }

  /// What is reported of this relay's mail on those days.
  private long reported(Days days) {
    return sum(store.sources(domain, days, MOST_SOURCES), Origin.RELAY).messages();
  }

  private Origin origin(FigureStore.Source source) {
    String address = source.address();
    if (address == null) {
      return Origin.UNNAMED;
    }
    return own != null && own.test(address) ? Origin.RELAY : Origin.OTHER;
  }
}
