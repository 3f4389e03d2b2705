package dev.waybill.relay.tlsreport;

import com.google.common.base.Suppliers;
import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.queue.PostOffice;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.transport.GuardedHttps;
import dev.waybill.relay.transport.TlsSession;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts sessions and reports them. Sessions may be told by any thread; it is started and stopped
/// by one.
public final class TlsReports {
  private static final Logger LOG = LoggerFactory.getLogger(TlsReports.class);
  private static final Duration WRITTEN_EVERY = Duration.ofSeconds(15);
  private static final Duration ROUND_EVERY = Duration.ofMinutes(1);
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);
  private static final int MAX_ANSWER = 64 * 1024;

  /// What it takes from its surroundings.
  ///
  /// @param dns asked for who wants reports, and for the hosts that take them
  /// @param permitted which addresses such a host may have
  public record Surroundings(
      PublishedRecords dns,
      Predicate<InetAddress> permitted,
      InstantSource clock,
      MeterRegistry meters) {}

  private final boolean enabled;
  private final SessionCounts counts;
  private final ReportRounds rounds;
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(
          2, Thread.ofPlatform().name("tls-reports-", 0).daemon(true).factory());

  public TlsReports(
      TlsReportSettings settings, Database database, PostOffice office, Surroundings surroundings) {
    this.enabled = settings.enabled();
    ReportRecords records = new ReportRecords(surroundings.dns(), surroundings.clock());
    TlsSessionStore store = new TlsSessionStore(database, office.ids().get().toString());
    this.counts =
        new SessionCounts(
            records,
            store,
            surroundings.clock(),
            Counter.builder("waybill.tls.report.sessions.lost")
                .description("Sessions that TLS reports do not count, for want of room")
                .register(surroundings.meters()));
    // authorities are read when the first report goes
    Supplier<GuardedHttps> https =
        Suppliers.memoize(() ->
            new GuardedHttps(
                surroundings.dns(),
                surroundings.permitted(),
                GuardedHttps.trusting(settings.trustedCertificates()),
                settings.limit(),
                MAX_ANSWER));
    this.rounds =
        new ReportRounds(
            settings,
            records,
            store,
            new TlsReportStore(database),
            new Posting(settings, office, https),
            new ReportRounds.Surroundings(
                surroundings.clock(), surroundings.meters(), () -> office.ids().get().toString()));
  }

  /// Counts a session; costs a moment and asks nobody.
  public void count(TlsSession session) {
    if (enabled) {
      counts.count(session);
    }
  }

  public void start() {
    if (enabled) {
      every(WRITTEN_EVERY, this::save);
      every(ROUND_EVERY, this::report);
    }
  }

  /// Writes down what was counted.
  void save() {
    counts.save();
  }

  /// Reports what it is time to report.
  void report() {
    rounds.turn();
  }

  /// Writes down what was counted last, as far as that is quick.
  public void stop() {
    timer.shutdown();
    if (enabled) {
      Thread last = Thread.ofVirtual().name("tls-reports-last").start(() -> quietly(this::save));
      try {
        if (!last.join(LAST_WAIT)) {
          LOG.warn("the last sessions are not counted for TLS reports");
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void every(Duration pause, Runnable turn) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> quietly(turn), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void quietly(Runnable turn) {
    try {
      turn.run();
    } catch (RuntimeException failure) {
      LOG.warn("TLS reports wait: {}", failure.toString());
    }
  }
}
