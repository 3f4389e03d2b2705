package dev.waybill.relay.events;

import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.GroupCommit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The append-only record of everything that happened. Any thread may use it.
public final class Journal {
  private static final int MAX_READ = 1_000;

  /// An event with its place in the journal.
  ///
  /// @param seq ascending in the order of writing; gaps are normal
  public record Entry(long seq, Event event) {}

  /// Which entries to read.
  ///
  /// @param after only entries behind this place (before it when reading backwards); 0 for all
  /// @param type only this type; null for all
  /// @param messageId only this message; null for all
  /// @param newestFirst whether to read backwards
  public record Filter(
      long after, @Nullable EventType type, @Nullable UUID messageId, boolean newestFirst) {
    /// Every entry, oldest first.
    public static Filter all() {
      return new Filter(0, null, null, false);
    }
  }

  private final Database database;
  private final EventStore store;
  private final GroupCommit.Lane<Event> lane;

  /// @param commits the group commit that makes [#record]ed events durable
  public Journal(Database database, GroupCommit commits) {
    this.database = database;
    this.store = new EventStore(database);
    this.lane = commits.lane(store);
  }

  /// The rows, for a room that writes events in the same transaction as its own.
  public EventStore store() {
    return store;
  }

  /// Writes events within somebody's open transaction.
  public void append(Handle handle, List<Event> events) {
    store.append(handle, events);
  }

  /// Writes an event and the mail behind it within somebody's open transaction, unless there is
  /// such an event about that delivery.
  ///
  /// @param report null for none
  /// @return whether it was written
  /// @throws org.jdbi.v3.core.statement.UnableToExecuteStatementException where another transaction
  ///   just wrote one with its report: the whole transaction is to be tried again
  public boolean appendOnce(Handle handle, Event event, @Nullable RawReport report) {
    DeliveryKey delivery = event.delivery();
    if (delivery != null && store.has(handle, delivery, event.type())) {
      return false;
    }
    long seq = store.append(handle, event);
    if (report != null) {
      RawReportStore.insert(handle, seq, event, report);
    }
    return true;
  }

  /// The mail behind the event at that place; empty when there is none, or no more.
  public Optional<RawReport> report(long seq) {
    return database.jdbi().withHandle(handle -> RawReportStore.find(handle, seq));
  }

  /// Writes an event with the next group commit.
  ///
  /// @return completes when it is on stable storage
  public CompletableFuture<Void> record(Event event) {
    return lane.submit(event);
  }

  /// Reads entries in order.
  ///
  /// @param limit 1 to 1000
  public List<Entry> read(Filter filter, int limit) {
    if (limit < 1 || limit > MAX_READ) {
      throw new IllegalArgumentException("limit %d (expected: 1..1000)".formatted(limit));
    }
    return store.read(filter, limit);
  }

  /// The first events of a message's recipients in their order, for at most so many.
  public List<Event> recipients(UUID messageId, int limit) {
    return store.recipients(messageId, limit);
  }

  /// The first event of a message for this recipient.
  public Optional<Event> origin(UUID messageId, String recipient) {
    return store.first(messageId, recipient);
  }

  /// What happened to one delivery, oldest first, at most so much of it.
  public List<Event> of(DeliveryKey delivery, int limit) {
    return store.of(delivery, limit);
  }

  /// The first event of a delivery, which names its recipient and domain.
  public Optional<Event> origin(DeliveryKey delivery) {
    return store.first(delivery);
  }
}
