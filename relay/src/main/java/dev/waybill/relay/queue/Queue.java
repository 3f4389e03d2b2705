package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.Dialect;
import dev.waybill.relay.storage.GroupCommit;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The wall between taking mail and sending it: accept, hand over, settle.
///
/// Any thread may use it. An accepted message is on stable storage with its body and all its
/// recipients; a delivery is handed over to one node at a time; a settled one is never handed over
/// again.
public final class Queue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Queue.class);

  /// What the queue is built on.
  ///
  /// @param commits not started yet; its observer is the health gate
  public record Foundation(
      Database database,
      GroupCommit commits,
      Journal journal,
      HealthGate health,
      InstantSource clock,
      RandomGenerator random) {}

  private final Foundation foundation;
  private final InFlight inFlight;
  private final MessageStore messages;
  private final SettlementRules rules;
  private final GroupCommit.Lane<Accepting> accepts;
  private final GroupCommit.Lane<Settlement> settlements;
  private final Withdrawals withdrawals;
  private final NodeLease lease;
  private final Claims claims;
  private final Turns turns;
  private final ConcurrentLinkedQueue<Unsettled> unsettled = new ConcurrentLinkedQueue<>();
  private volatile Consumer<ReadyDelivery> delivery = _ -> {};

  /// @throws IOException when the folder of bodies cannot be used
  public Queue(QueueSettings settings, Foundation foundation, SuppressionCheck suppressed)
      throws IOException {
    this.foundation = foundation;
    this.inFlight = new InFlight(settings.limits());
    Database database = foundation.database();
    BodyStore bodies = bodies(settings, database);
    LeaseStore leases = new LeaseStore(database);
    this.lease =
        new NodeLease(
            leases,
            settings.nodeName(),
            database.dialect() == Dialect.H2,
            foundation.clock(),
            foundation.random());
    this.messages = new MessageStore(database, bodies);
    this.rules = new SettlementRules(settings.retry(), foundation.random());
    // written first, so that a sweep sees only what earlier batches made durable
    GroupCommit.Lane<Instant> sweeps = foundation.commits().lane(messages);
    this.accepts =
        foundation
            .commits()
            .lane(new AcceptStore(bodies, foundation.journal().store(), lease::incarnation));
    this.settlements = foundation.commits().lane(new SettleStore(foundation.journal().store()));
    this.withdrawals = new Withdrawals(foundation.commits());
    this.claims = new Claims(leases, messages, inFlight, lease, suppressed);
    this.turns = new Turns(settings, foundation, this, claims, lease, sweeps);
  }

  /// Starts handing due deliveries over.
  ///
  /// @param consumer takes a delivery into memory; must be quick
  public void start(Consumer<ReadyDelivery> consumer) {
    delivery = consumer;
    turns.start();
  }

  /// Takes responsibility for the message.
  ///
  /// @return completes when the message, its body and every recipient are on stable storage;
  ///   completes exceptionally with a `StorageException` when that could not be achieved
  public CompletableFuture<Void> accept(Acceptance acceptance) {
    Accepting message = new Accepting(acceptance);
    Optional<InFlight.Room> room = roomFor(message);
    message.decideHandOver(room.isPresent());
    return accepts
        .submit(message)
        .whenComplete((_, failure) -> {
          if (failure != null) {
            withdrawals.note(acceptance.facts().id());
          }
          if (room.isPresent()) {
            if (failure == null) {
              handOver(message, room.get());
            } else {
              inFlight.giveBack(room.get(), deliveries(acceptance));
            }
          }
        });
  }

  /// Whether new mail may be taken.
  public HealthGate.State health() {
    return foundation.health().state();
  }

  /// Writes down how an attempt ended.
  ///
  /// @return completes when the delivery's next state and its event are on stable storage; a
  ///   storage that fails is tried again for as long as this process lives
  public CompletableFuture<Void> settle(ReadyDelivery ready, AttemptOutcome outcome) {
    Instant now = foundation.clock().instant();
    return inFlight
        .owner(ready.key())
        .map(owner -> write(rules.judge(ready, owner, outcome, now)))
        .orElseGet(() -> notInFlight(ready.key()));
  }

  /// Whether the delivery is still this node's to carry: another one may have taken it over while
  /// this process stood still.
  public boolean holds(ReadyDelivery ready) {
    return inFlight.owner(ready.key()).map(lease::holds).orElse(false);
  }

  /// Gives back a delivery that was not tried; it is due again at once.
  public CompletableFuture<Void> release(ReadyDelivery ready) {
    Instant now = foundation.clock().instant();
    return inFlight
        .owner(ready.key())
        .map(owner -> write(SettlementRules.untried(ready, owner, now)))
        .orElseGet(() -> notInFlight(ready.key()));
  }

  public QueueSummary summary() {
    return messages.summary();
  }

  /// How many deliveries are in memory.
  public int inFlight() {
    return inFlight.deliveries();
  }

  /// The bytes of a message as submitted, as long as they are kept.
  public Optional<byte[]> submitted(UUID messageId) {
    return messages.body(messageId);
  }

  /// Stops handing over; what is in flight may still be settled until [#close].
  public void stop() {
    turns.stop();
  }

  /// Leaves what was not settled to the next start. Call when the last settlement was submitted.
  @Override
  public void close() {
    turns.stop();
    foundation.commits().close();
    lease.end();
    foundation.database().sync();
  }

  /// Removes now what nobody needs any more; otherwise done every minute.
  void sweepNow() {
    turns.sweep();
  }

  /// What delivery would not take is due again at once.
  void handOver(ReadyDelivery ready) {
    if (withdrawals.holds(ready.key().messageId())) {
      inFlight.leave(ready.key());
      return;
    }
    try {
      delivery.accept(ready);
    } catch (RuntimeException fault) {
      LOG.error("{} could not be handed over", ready.key(), fault);
      var _ = release(ready);
    }
  }

  private Optional<InFlight.Room> roomFor(Accepting message) {
    Acceptance acceptance = message.acceptance();
    int count = deliveries(acceptance);
    if (count == 0 || acceptance.facts().sendAt() != null || !turns.running()) {
      return Optional.empty();
    }
    long bytes =
        switch (acceptance.body()) {
          case SubmittedBody.InMemory(byte[] content) -> content.length;
          case SubmittedBody.OnDisk _ -> 0;
        };
    return inFlight.take(count, bytes);
  }

  private void handOver(Accepting message, InFlight.Room room) {
    Acceptance acceptance = message.acceptance();
    MessageFacts facts = acceptance.facts();
    StoredMessage stored =
        switch (acceptance.body()) {
          case SubmittedBody.InMemory(byte[] bytes) -> StoredMessage.inMemory(facts, bytes);
          case SubmittedBody.OnDisk _ -> messages.onDisk(facts, message.location());
        };
    List<Recipient> recipients = acceptance.recipients();
    for (int ordinal = 0; ordinal < recipients.size(); ordinal++) {
      Recipient recipient = recipients.get(ordinal);
      if (recipient.suppressedFor() == null) {
        DeliveryKey key = new DeliveryKey(facts.id(), ordinal);
        inFlight.enter(key, room, message.owner());
        handOver(new ReadyDelivery(key, stored, recipient.address(), 0));
      }
    }
  }

  /// A settlement that the storage refused; the delivery stays in flight until it is written.
  private record Unsettled(Settlement settlement, CompletableFuture<Void> done) {}

  void retryUnsettled() {
    withdrawals.write();
    for (int rest = unsettled.size(); rest > 0; rest--) {
      Unsettled next = unsettled.poll();
      if (next != null) {
        var _ = write(next);
      }
    }
  }

  private CompletableFuture<Void> write(Settlement settlement) {
    return write(new Unsettled(settlement, new CompletableFuture<>()));
  }

  private CompletableFuture<Void> write(Unsettled entry) {
    var _ =
        settlements
            .submit(entry.settlement())
            .whenComplete((_, failure) -> {
              if (failure == null) {
                inFlight.leave(entry.settlement().delivery().key());
                claims.left(entry.settlement().delivery().key(), foundation.clock().instant());
                entry.done().complete(null);
              } else {
                unsettled.add(entry);
              }
            });
    return entry.done();
  }

  private static CompletableFuture<Void> notInFlight(DeliveryKey key) {
    return CompletableFuture.failedFuture(
        new IllegalStateException(key + " is not in flight (expected: settled once)"));
  }

  private static int deliveries(Acceptance acceptance) {
    return (int) acceptance.recipients().stream().filter(r -> r.suppressedFor() == null).count();
  }

  private static BodyStore bodies(QueueSettings settings, Database database) throws IOException {
    return switch (database.dialect()) {
      case H2 ->
          new SegmentBodyStore(
              settings.dataDir().resolve("bodies"), settings.limits().segmentBytes());
      case POSTGRESQL -> new TableBodyStore(database);
    };
  }
}
