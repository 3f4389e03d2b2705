package dev.waybill.relay.domains;

import dev.waybill.relay.domains.DomainStore.Row;
import dev.waybill.relay.domains.StatusRules.Cause;
import dev.waybill.relay.storage.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checks the domains whose time has come. Any thread may call it.
///
/// The times stand in the database and are claimed there, so any number of nodes share the work and
/// none of it is lost with a node: a check that was claimed and never finished is due again after
/// five minutes.
public final class VerificationSchedule {
  private static final Logger LOG = LoggerFactory.getLogger(VerificationSchedule.class);
  private static final int AT_ONCE = 32;
  private static final Duration CLAIM = Duration.ofMinutes(5);

  private final Database database;
  private final DomainStore store = new DomainStore();
  private final Verification verification;
  private final Runnable beforehand;
  private final Runnable onChange;
  private final InstantSource clock;
  private final ReentrantLock running = new ReentrantLock();

  /// @param beforehand what falls due besides looks
  VerificationSchedule(
      Database database,
      Verification verification,
      Runnable beforehand,
      Runnable onChange,
      InstantSource clock) {
    this.database = database;
    this.verification = verification;
    this.beforehand = beforehand;
    this.onChange = onChange;
    this.clock = clock;
  }

  /// Checks every due domain, up to 32 at a time, and returns when that is done: it may take as
  /// long as the DNS does. While one call runs, another returns at once.
  ///
  /// A failure is logged and leaves the domain to a later call.
  ///
  /// @return how many domains were checked
  public int checkDue() {
    if (!running.tryLock()) {
      return 0;
    }
    int checked = 0;
    try {
      beforehand.run();
      for (List<Row> batch = claim(); !batch.isEmpty(); batch = claim()) {
        checkAll(batch);
        checked += batch.size();
      }
    } catch (RuntimeException failure) {
      LOG.error("due domains could not be claimed", failure);
    } finally {
      running.unlock();
    }
    return checked;
  }

  private List<Row> claim() {
    Instant now = clock.instant();
    try (var _ = database.writing()) {
      return database
          .jdbi()
          .inTransaction(handle -> {
            List<Row> claimed = new ArrayList<>();
            for (Row row : store.due(handle, now, AT_ONCE)) {
              if (store.claim(handle, row, now.plus(CLAIM))) {
                claimed.add(row);
              }
            }
            return claimed;
          });
    }
  }

  private void checkAll(List<Row> rows) {
    try (ExecutorService checks = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Row row : rows) {
        checks.execute(() -> check(row));
      }
    }
  }

  private void check(Row row) {
    try {
      if (verification.check(row.domain().id(), Cause.SCHEDULE)) {
        onChange.run();
      }
    } catch (RuntimeException failure) {
      LOG.error("domain {} could not be checked", row.domain().name(), failure);
    }
  }
}
