package dev.waybill.relay.queue;

import dev.waybill.relay.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This process's place among the nodes: one row whose lease covers everything it works on.
///
/// A process is a new incarnation with a number of its own, so nothing that an earlier one held can
/// be mistaken for ours. Any thread may read the number; one timer thread beats.
final class NodeLease {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLease.class);

  /// How long a node that fell silent keeps its mail to itself.
  static final Duration LEASE = Duration.ofMinutes(1);

  private final LeaseStore store;
  private final String name;
  private final boolean alone;
  private final InstantSource clock;
  private final RandomGenerator random;
  private volatile long incarnation;
  private volatile Instant leaseUntil = Instant.MAX;

  /// @param alone whether no other process can be using the database now
  NodeLease(
      LeaseStore store, String name, boolean alone, InstantSource clock, RandomGenerator random) {
    this.store = store;
    this.name = name;
    this.alone = alone;
    this.clock = clock;
    this.random = random;
  }

  long incarnation() {
    return incarnation;
  }

  /// Enters the list, takes over from nodes that ended (all others when this node is alone), and
  /// makes due what a fault held: a restart may have brought its cure.
  void start() {
    Instant now = clock.instant();
    enter();
    store.removeEnded(alone ? Instant.ofEpochSecond(4_000_000_000L) : now, incarnation);
    int released = store.releaseIdle(now);
    if (released > 0) {
      LOG.info("{} deliveries of nodes that ended, or held, are tried again", released);
    }
  }

  /// Whether what that incarnation leased still belongs to this node. Asks the storage first when
  /// the lease may have run out unnoticed, as while the process or its machine stood still.
  boolean holds(long owner) {
    if (!alone && !clock.instant().isBefore(leaseUntil)) {
      try {
        renew();
      } catch (StorageException unreachable) {
        // where this node cannot reach the storage it may be the only one: the mail goes on
        LOG.debug("the lease could not be extended", unreachable);
      }
    }
    return owner == incarnation;
  }

  private synchronized void renew() {
    if (!clock.instant().isBefore(leaseUntil)) {
      var _ = beat();
    }
  }

  /// Extends the lease and takes over from nodes whose own ran out; a node that is alone has nobody
  /// to tell that it lives.
  ///
  /// @return whether there was anything to take over
  synchronized boolean beat() {
    if (alone) {
      return false;
    }
    Instant now = clock.instant();
    if (store.extend(incarnation, now.plus(LEASE))) {
      leaseUntil = now.plus(LEASE);
    } else {
      LOG.error("this node was silent for too long and its mail was taken over; going on afresh");
      enter();
    }
    return takeOver(now);
  }

  /// Leaves: what was not finished is due at once for whoever comes next.
  void end() {
    store.retire(incarnation, clock.instant());
  }

  private void enter() {
    Instant now = clock.instant();
    long fresh = random.nextLong(1, Long.MAX_VALUE);
    store.register(fresh, name, now, now.plus(LEASE));
    incarnation = fresh;
    leaseUntil = now.plus(LEASE);
  }

  private boolean takeOver(Instant endedBefore) {
    boolean any = false;
    for (long node : store.nodesEndedBefore(endedBefore)) {
      if (node != incarnation) {
        int deliveries = store.retire(node, clock.instant());
        LOG.info("took over {} deliveries of a node that ended", deliveries);
        any = true;
      }
    }
    return any;
  }
}
