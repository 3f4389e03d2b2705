package dev.waybill.relay.queue;

import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.message.DomainName;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
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

  /// Owner of what is not stored yet; no incarnation has this number.
  private static final long NOBODY = 0;

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
  private final Breakers breakers;
  private final InFlight inFlight;
  private final MessageStore messages;
  private final SettlementRules rules;
  private final GroupCommit.Lane<Accepting> accepts;
  private final Settling settling;
  private final WithdrawalStore withdrawals;
  private final NodeLease lease;
  private final Claims claims;
  private final LeaseStore leases;
  private final SummaryStore sums;
  private final HistoryStore history;
  private final boolean retainsBodies;
  private final AtomicLong version = new AtomicLong();
  private final Turns turns;
  private volatile Consumer<ReadyDelivery> delivery = _ -> {};

  /// @throws IOException when the folder of bodies cannot be used
  public Queue(
      QueueSettings settings, Foundation foundation, SuppressionCheck suppressed, Breakers breakers)
      throws IOException {
    this.breakers = breakers;
    this.foundation = foundation;
    this.inFlight = new InFlight(settings.limits());
    Database database = foundation.database();
    BodyStore bodies = bodies(settings, foundation);
    this.leases = new LeaseStore(database);
    boolean alone = database.dialect() == Dialect.H2;
    this.sums = new SummaryStore(database, foundation.clock(), () -> alone ? version.get() : -1);
    this.lease =
        new NodeLease(leases, settings.nodeName(), alone, foundation.clock(), foundation.random());
    this.messages = new MessageStore(database, bodies, foundation.clock());
    this.history = new HistoryStore(database, messages);
    this.retainsBodies = settings.retention().raw().isPositive();
    this.rules = new SettlementRules(settings::retryOf, foundation.random());
    ForgettingStore forgetting =
        new ForgettingStore(
            settings.retention().history(), settings.streams().retention(), foundation.clock());
    // written first, so that a sweep sees only what earlier batches made durable
    GroupCommit.Lane<Instant> sweeps = foundation.commits().lane(forgetting);
    this.accepts =
        foundation
            .commits()
            .urgentLane(new AcceptStore(bodies, foundation.journal().store(), lease::incarnation));
    this.settling =
        new Settling(
            foundation.commits().lane(new SettleStore(foundation.journal().store(), breakers)),
            inFlight,
            this::left,
            this::storageFailed);
    this.withdrawals = new WithdrawalStore(foundation.commits());
    this.claims = new Claims(leases, messages, inFlight, lease, suppressed);
    // prepared last: a batch's new bodies are appended before any is copied behind them
    GroupCommit.Lane<BodyStore.Survivor> survivors = foundation.commits().lane(bodies);
    this.turns =
        new Turns(
            settings,
            foundation,
            this,
            new Turns.Works(claims, lease, messages, forgetting, sweeps, survivors));
  }

  /// Starts handing due deliveries over.
  ///
  /// @param consumer takes a delivery into memory; must be quick
  public void start(Consumer<ReadyDelivery> consumer) {
    delivery = consumer;
    turns.start();
  }

  /// The number under which this node has deliveries in hand now; it changes when they were taken
  /// over by another node.
  public long incarnation() {
    return lease.incarnation();
  }

  /// Somebody else changed rows of deliveries.
  public void rowsChanged() {
    changed();
  }

  /// Somebody else made deliveries due at that time.
  public void dueAt(Instant time) {
    turns.dueAt(time);
  }

  /// Takes responsibility for the message.
  ///
  /// @return completes when the message, its body and every recipient are on stable storage;
  ///   completes exceptionally with a `StorageException` when that could not be achieved
  public CompletableFuture<Void> accept(Acceptance acceptance) {
    MessageFacts accepted = acceptance.facts();
    Accepting message =
        new Accepting(acceptance, breakers.heldFor(accepted.domain().value(), accepted.stream()));
    Optional<InFlight.Room> room = roomFor(message);
    message.decideHandOver(room.isPresent());
    room.ifPresent(taken -> enter(acceptance, taken));
    return accepts
        .submit(message)
        .whenComplete((_, failure) -> {
          changed();
          if (failure != null) {
            storageFailed();
            if (acceptance.idempotencyKey() == null) {
              withdrawals.note(acceptance.facts().id());
            } // else whoever sends it again is told its name, if it was stored
            if (room.isPresent()) {
              forEachDelivery(acceptance, (key, _) -> inFlight.leave(key));
            }
          } else if (room.isPresent()) {
            handOver(message, room.get());
          } else if (message.needsDelivery() && message.heldFor() == null) {
            Instant sendAt = accepted.sendAt();
            turns.dueAt(sendAt == null ? accepted.acceptedAt() : sendAt);
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
    return settling.settle(ready.key(), owner -> rules.judge(ready, owner, outcome, now));
  }

  /// Whether the delivery is still this node's to carry: another one may have taken it over while
  /// this process stood still.
  public boolean holds(ReadyDelivery ready) {
    return inFlight.owner(ready.key()).map(lease::holds).orElse(false);
  }

  /// Gives back a delivery that was not tried; it is due again at once.
  public CompletableFuture<Void> release(ReadyDelivery ready) {
    Instant now = foundation.clock().instant();
    return settling.settle(ready.key(), owner -> SettlementRules.untried(ready, owner, now));
  }

  /// What waits, with the destinations that have most of it.
  public QueueSummary summary() {
    return sums.summary();
  }

  /// What waits, by state only, which costs much less.
  public QueueSummary counts() {
    return sums.counts();
  }

  /// How many deliveries are in memory.
  public int inFlight() {
    return inFlight.deliveries();
  }

  /// The bytes of a message as submitted, as long as they are kept.
  public Optional<byte[]> submitted(UUID messageId) {
    boolean released = !retainsBodies && history.waiting(messageId).isEmpty();
    return released ? Optional.empty() : messages.body(messageId);
  }

  /// What was accepted, and what of it still waits.
  public HistoryStore history() {
    return history;
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
    try {
      if (withdrawals.holds(ready.key().messageId())) {
        inFlight.leave(ready.key());
      } else {
        delivery.accept(ready);
      }
    } catch (RuntimeException fault) {
      LOG.error("{} could not be handed over", ready.key(), fault);
      var _ = release(ready);
    }
  }

  private Optional<InFlight.Room> roomFor(Accepting message) {
    Acceptance acceptance = message.acceptance();
    if (!message.needsDelivery()
        || message.heldFor() != null
        || acceptance.facts().sendAt() != null
        || !turns.running()) {
      return Optional.empty();
    }
    long bytes =
        switch (acceptance.body()) {
          case SubmittedBody.InMemory(byte[] content) -> content.length;
          case SubmittedBody.OnDisk _ -> 0;
        };
    return inFlight.take(acceptance.facts().flow().number(), domains(acceptance), bytes);
  }

  /// One for each delivery.
  private static List<DomainName> domains(Acceptance acceptance) {
    return acceptance.recipients().stream()
        .filter(recipient -> recipient.suppressedFor() == null)
        .map(recipient -> recipient.address().domain())
        .toList();
  }

  /// The queue's table changed.
  void changed() {
    version.incrementAndGet();
  }

  private void handOver(Accepting message, InFlight.Room room) {
    Acceptance acceptance = message.acceptance();
    MessageFacts facts = acceptance.facts();
    StoredMessage stored =
        switch (acceptance.body()) {
          case SubmittedBody.InMemory(byte[] bytes) ->
              room.holdsBody()
                  ? StoredMessage.inMemory(facts, bytes)
                  : messages.onDisk(facts, message.location());
          case SubmittedBody.OnDisk _ -> messages.onDisk(facts, message.location());
        };
    forEachDelivery(
        acceptance,
        (key, recipient) -> {
          inFlight.leasedAgain(key, message.owner());
          handOver(new ReadyDelivery(key, stored, recipient.address(), recipient.dsn()));
        });
  }

  /// Before anything is stored: what is leased to this node is always in flight.
  private void enter(Acceptance acceptance, InFlight.Room room) {
    long flow = acceptance.facts().flow().number();
    forEachDelivery(
        acceptance,
        (key, recipient) ->
            inFlight.enter(
                key, new InFlight.Lane(recipient.address().domain(), flow), room, NOBODY));
  }

  private static void forEachDelivery(
      Acceptance acceptance, BiConsumer<DeliveryKey, Recipient> action) {
    List<Recipient> recipients = acceptance.recipients();
    for (int ordinal = 0; ordinal < recipients.size(); ordinal++) {
      Recipient recipient = recipients.get(ordinal);
      if (recipient.suppressedFor() == null) {
        action.accept(new DeliveryKey(acceptance.facts().id(), ordinal), recipient);
      }
    }
  }

  /// A settlement is written and its delivery has left memory.
  private void left(Settlement settlement) {
    changed();
    if (settlement.next() instanceof Settlement.Next.Again again) {
      turns.dueAt(again.dueAt());
    }
    claims.left(settlement.delivery().key(), foundation.clock().instant());
    turns.roomMade();
  }

  private void storageFailed() {
    claims.suspect();
  }

  void retryUnsettled() {
    withdrawals.write();
    settling.retry();
  }

  private static BodyStore bodies(QueueSettings settings, Foundation foundation)
      throws IOException {
    Database database = foundation.database();
    return switch (database.dialect()) {
      case H2 -> new SegmentBodyStore(settings, database, foundation.clock());
      case POSTGRESQL -> new TableBodyStore(database, settings.retention());
    };
  }
}
