package dev.waybill.relay.tlsreport;

import dev.waybill.relay.storage.StorageException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reports each day that is over, once for each domain whichever node is first. For one thread at a
/// time; it blocks.
///
/// A day is reported some hours after its end, which differ by sender and domain so that not all
/// senders come at once (RFC 8460 §4.1). What cannot be sent is tried again for 24 hours (§5.5).
final class ReportRounds {
  private static final Logger LOG = LoggerFactory.getLogger(ReportRounds.class);

  /// For other nodes to write down what they counted before midnight.
  static final Duration FIRST = Duration.ofMinutes(15);

  static final Duration SPREAD = Duration.ofHours(4);
  static final Duration TRIED_FOR = Duration.ofHours(24);
  private static final Duration FIRST_PAUSE = Duration.ofMinutes(10);
  private static final int MOST_DOUBLED = 4;
  private static final int DAYS_KEPT = 7;
  private static final int MOST_LISTED = 20_000;
  private static final int MOST_AT_A_TURN = 500;
  private static final int AT_ONCE = 10;

  private final TlsReportSettings settings;
  private final ReportRecords records;
  private final TlsSessionStore sessions;
  private final TlsReportStore reports;
  private final Posting posting;
  private final Surroundings surroundings;
  private @Nullable LocalDate forgotten;

  /// @param ids makes the ids of reports
  record Surroundings(InstantSource clock, MeterRegistry meters, Supplier<String> ids) {}

  ReportRounds(
      TlsReportSettings settings,
      ReportRecords records,
      TlsSessionStore sessions,
      TlsReportStore reports,
      Posting posting,
      Surroundings surroundings) {
    this.settings = settings;
    this.records = records;
    this.sessions = sessions;
    this.reports = reports;
    this.posting = posting;
    this.surroundings = surroundings;
  }

  /// Opens the reports that it is time for, and sends what is due.
  void turn() {
    Instant now = surroundings.clock().instant();
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    List<TlsReportStore.Unreported> over =
        reports.unreported(today, MOST_LISTED).stream()
            .filter(day -> !now.isBefore(opensAt(day)))
            .limit(MOST_AT_A_TURN)
            .toList();
    SideBySide.forEach(over, AT_ONCE, day -> open(day, now));
    SideBySide.forEach(reports.due(now, MOST_AT_A_TURN), AT_ONCE, report -> attempt(report, now));
    if (!today.equals(forgotten)) {
      LocalDate kept = today.minusDays(DAYS_KEPT);
      int removed = sessions.removeBefore(kept) + reports.removeBefore(kept);
      LOG.debug("{} rows of TLS reports are forgotten", removed);
      forgotten = today;
    }
  }

  private Instant opensAt(TlsReportStore.Unreported day) {
    CRC32 spread = new CRC32();
    String words = settings.submitter() + " " + day.domain() + " " + day.day();
    spread.update(words.getBytes(StandardCharsets.US_ASCII));
    return day.day()
        .plusDays(1)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant()
        .plus(FIRST)
        .plusSeconds(spread.getValue() % SPREAD.toSeconds());
  }

  private void open(TlsReportStore.Unreported day, Instant now) {
    switch (records.of(day.domain())) {
      case ReportRecords.Known.Asks(ReportRecord record) -> open(day, sendable(record), now);
      case ReportRecords.Known.AsksNot _ -> open(day, List.of(), now);
      case ReportRecords.Known.Unknown _ ->
          LOG.debug("whether {} wants TLS reports is not known now", day.domain());
    }
  }

  /// Without an author nothing goes by mail.
  private List<String> sendable(ReportRecord record) {
    return record.uris().stream()
        .filter(uri ->
            settings.from().isPresent()
                || Place.of(uri).filter(Place.Web.class::isInstance).isPresent())
        .toList();
  }

  private void open(TlsReportStore.Unreported day, List<String> uris, Instant now) {
    try {
      reports.open(day, surroundings.ids().get(), uris, now, now.plus(TRIED_FOR));
    } catch (RuntimeException failure) {
      // another node was first, or the storage fails and the next turn tells
      LOG.debug("the report of {} is not opened here: {}", day, failure.toString());
    }
  }

  private void attempt(DueReport report, Instant now) {
    Optional<Place> place = Place.of(report.uri());
    if (place.isEmpty() || !now.isBefore(report.givesUpAt())) {
      reports.end(report, "failed");
      count(place.map(Place::method).orElse("https"), "failed");
      LOG.info("the TLS report of {} to {} is given up", report.day(), report.uri());
      return;
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(report.attempts(), MOST_DOUBLED));
    if (!reports.take(report, now.plus(pause))) {
      return;
    }
    byte[] gzip =
        ReportDocument.gzip(
            ReportDocument.json(
                settings, report.day(), report.id(), sessions.of(report.day(), report.domain())));
    Optional<String> failure = posting.send(report, place.get(), gzip, now);
    if (failure.isEmpty()) {
      sent(report);
      count(place.get().method(), "sent");
    } else {
      count(place.get().method(), "deferred");
      LOG.info(
          "the TLS report of {} to {} is tried again: {}",
          report.day(),
          report.uri(),
          failure.get());
    }
  }

  private void sent(DueReport report) {
    try {
      reports.end(report, "sent");
      LOG.info("the TLS report of {} went to {}", report.day(), report.uri());
    } catch (StorageException trouble) {
      LOG.warn("a TLS report to {} may go again: {}", report.uri(), trouble.getMessage());
    }
  }

  private void count(String method, String result) {
    Counter.builder("waybill.tls.reports")
        .description("TLS reports sent, tried in vain, and given up")
        .tag("method", method)
        .tag("result", result)
        .register(surroundings.meters())
        .increment();
  }
}
