package dev.waybill.relay.dmarc;

import com.google.common.net.InternetDomainName;
import dev.waybill.relay.dmarc.Filing.Result;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.events.RawReport;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.aggregate.AggregateReader;
import dev.waybill.relay.report.aggregate.AggregateReader.Reading;
import dev.waybill.relay.report.aggregate.AggregateReport;
import dev.waybill.relay.storage.Database;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The aggregate reports about the domains registered here. Any thread may use it.
public final class DmarcReports {
  /// Of a domain in a day; the largest senders hear from some hundred receivers.
  static final int MOST_REPORTS = 2_000;

  static final int MOST_ROWS = 50_000;

  /// A clock that is ahead, or a report of a day that is still going on.
  private static final Duration AHEAD = Duration.ofDays(2);

  /// One takes up to some tens of megabytes while it is read.
  private static final int SIDE_BY_SIDE = 2;

  /// Reports that are removed in a transaction, each with up to a thousand rows.
  private static final int BATCH = 10;

  private static final int MOST_BATCHES = 100;

  /// What the ledger stands on.
  public record Foundation(
      Database database,
      Journal journal,
      InstantSource clock,
      Supplier<UUID> ids,
      MeterRegistry meters) {}

  private final Duration retention;
  private final Foundation on;
  private final FilingStore filings;
  private final FigureStore figures;
  private final OwnSources own;
  private final Semaphore reading = new Semaphore(SIDE_BY_SIDE);

  /// @param retention how long after its days a report is kept
  /// @param own which addresses are this relay's
  public DmarcReports(Duration retention, OwnSources own, Foundation on) {
    this.retention = retention;
    this.own = own;
    this.on = on;
    this.filings = new FilingStore(on.database());
    this.figures = new FigureStore(on.database());
    for (Result result : Result.values()) {
      letters(result);
    }
    messages(true);
    messages(false);
  }

  /// Reads a letter and says what it comes to; nothing is written yet.
  ///
  /// @param owner the registered domain whose reports about that policy domain come to the mailbox
  ///   of the letter
  public Filing look(byte[] letter, Function<DomainName, Optional<DomainName>> owner) {
    reading.acquireUninterruptibly();
    try {
      return switch (AggregateReader.read(letter)) {
        case Reading.NoReport() -> Filing.ordinary();
        case Reading.Unreadable(String problem) -> Filing.without(Result.UNREADABLE, problem);
        case Reading.Readable(AggregateReport report) -> judge(report, owner);
      };
    } finally {
      reading.release();
    }
  }

  private Filing judge(AggregateReport report, Function<DomainName, Optional<DomainName>> owner) {
    DomainName policyDomain = report.policy().domain();
    Optional<DomainName> domain = owner.apply(policyDomain);
    if (domain.isEmpty()) {
      return new Filing(
          Result.FOREIGN,
          "reports about %s do not come here".formatted(policyDomain),
          null,
          report);
    }
    Instant now = on.clock().instant();
    if (report.end().isAfter(now.plus(AHEAD)) || day(report).isBefore(oldest(now))) {
      return new Filing(
          Result.UNTIMELY,
          "it is about %s to %s (expected: within the last %d days)"
              .formatted(report.begin(), report.end(), retention.toDays()),
          domain.get(),
          report);
    }
    if (filings.has(domain.get(), report)) {
      return new Filing(Result.DUPLICATE, "", domain.get(), report);
    }
    FilingStore.Volume today = filings.since(domain.get(), now.minus(Duration.ofDays(1)));
    if (today.reports() >= MOST_REPORTS || today.rows() >= MOST_ROWS) {
      return new Filing(
          Result.TOO_MANY,
          "%s has had %d reports with %d rows within a day"
              .formatted(domain.get(), today.reports(), today.rows()),
          domain.get(),
          report);
    }
    return new Filing(Result.TAKEN, "", domain.get(), report);
  }

  /// Whether reports about a policy belong to a registered domain: it stands at the domain, below
  /// it, or above it up to the organization's (RFC 9989 §4.10).
  public static boolean concerns(DomainName policyDomain, DomainName domain) {
    return policyDomain.isWithin(domain)
        || (domain.isWithin(policyDomain) && !isPublicSuffix(policyDomain));
  }

  private static boolean isPublicSuffix(DomainName name) {
    return name.parent().isEmpty()
        || (InternetDomainName.isValid(name.value())
            && InternetDomainName.from(name.value()).isRegistrySuffix());
  }

  /// Writes the event of a letter, the letter behind it and the report in it, all or none, and
  /// durably.
  ///
  /// @throws RuntimeException also where another node just took the same report
  public void keep(Event event, RawReport raw, Filing filing) {
    boolean written =
        on.database()
            .durably(handle -> {
              filing
                  .taken()
                  .ifPresent(taken ->
                      filings.insert(
                          handle,
                          on.ids().get(),
                          taken,
                          day(taken.report()),
                          on.clock().instant()));
              return on.journal().appendOnce(handle, event, raw);
            });
    if (written) {
      letters(filing.result()).increment();
      filing
          .taken()
          .map(Filing.Taken::report)
          .ifPresent(report -> {
            messages(true).increment(report.passed());
            messages(false).increment((double) report.messages() - report.passed());
          });
    }
  }

  /// What receivers say of a domain's mail.
  ///
  /// @param mostSenders how many addresses to list
  /// @param log what this relay knows of the mail that it delivered
  public Summary summary(DomainName domain, Days days, int mostSenders, SendLog log) {
    return new Summing(figures, own.look().orElse(null), domain).of(days, mostSenders, log);
  }

  /// Reports, the newest arrival first, or those in front of a place with the nearest to it last.
  ///
  /// @param after only those that arrived before this one; null for all
  /// @param before only those that arrived after this one; null for all
  public List<StoredReport> list(
      DomainName domain, Days days, @Nullable UUID after, @Nullable UUID before, int limit) {
    return filings.list(domain, days, after, before, limit);
  }

  /// Removes reports that are older than they are to be kept, a bounded number of them.
  ///
  /// @return how many
  public int forgetOld() {
    LocalDate oldest = oldest(on.clock().instant());
    int removed = 0;
    for (int batch = 0; batch < MOST_BATCHES; batch++) {
      int some = filings.removeBefore(oldest, BATCH);
      removed += some;
      if (some < BATCH) {
        break;
      }
    }
    return removed;
  }

  private LocalDate oldest(Instant now) {
    return LocalDate.ofInstant(now.minus(retention), ZoneOffset.UTC);
  }

  /// The day of the middle of its time: some begin theirs at midnight of another zone.
  private static LocalDate day(AggregateReport report) {
    Duration half = Duration.between(report.begin(), report.end()).dividedBy(2);
    return LocalDate.ofInstant(report.begin().plus(half), ZoneOffset.UTC);
  }

  private Counter letters(Result result) {
    return Counter.builder("waybill.dmarc.letters")
        .description("Letters to dmarc@, by what became of the report in them")
        .tag("result", result.text())
        .register(on.meters());
  }

  private Counter messages(boolean passed) {
    return Counter.builder("waybill.dmarc.messages")
        .description("Messages that aggregate reports tell of")
        .tag("result", passed ? "pass" : "fail")
        .register(on.meters());
  }
}
