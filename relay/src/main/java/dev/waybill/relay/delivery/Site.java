package dev.waybill.relay.delivery;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.shaping.FairQueue;
import dev.waybill.relay.shaping.Flow;
import dev.waybill.relay.shaping.ProviderBudget;
import dev.waybill.relay.shaping.SiteLimits;
import dev.waybill.relay.shaping.SitePace;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One destination: the deliveries that wait for it, whose turn it is, and how many workers serve
/// it. Any thread may call it; only [#take] waits.
///
/// Senders and streams take turns ([FairQueue]); how fast and over how many connections the mail
/// goes is the site's [SitePace], and what its provider leaves it ([ProviderBudget]). While the one
/// leaves nobody to work, the site wakes itself when its time has come; the other shows it in.
final class Site {
  /// One more connection than the first only where so many times what the site has are free: a few
  /// slow sites never have all of them.
  private static final int SHARES = 4;

  private final SiteKey key;
  private final SitePace pace;
  private final ProviderBudget<Site> budget;
  private final SiteTurns turns;
  private final SiteRoom room;
  private final MemoryBudget memory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final FairQueue<ReadyDelivery> waiting = new FairQueue<>();
  private final Set<SiteWorker> crew = new HashSet<>();
  private volatile MxPlan plan;
  private int workers;
  private int idle;
  private int connected;
  private long wakesAt;
  private boolean wakes;
  private boolean stopped;

  /// @param budget what all sites of its provider share
  Site(Route.To route, SitePace pace, ProviderBudget<Site> budget, SiteRoom room) {
    this.key = route.site();
    this.plan = route.plan();
    this.pace = pace;
    this.budget = budget;
    this.turns = new SiteTurns(this, pace, budget);
    this.room = room;
    // A quarter of the whole: hosts that take large messages slowly cannot hold all memory.
    this.memory = new MemoryBudget(room.shop().settings().memory() / 4);
  }

  SiteKey key() {
    return key;
  }

  /// The hosts as last looked up.
  MxPlan plan() {
    return plan;
  }

  SiteLimits limits() {
    return pace.limits();
  }

  /// This site's part of the memory for rendered copies.
  MemoryBudget memory() {
    return memory;
  }

  /// Queues a delivery and sees to it that somebody takes it.
  void offer(ReadyDelivery delivery, MxPlan latest) {
    lock.lock();
    try {
      plan = latest;
      waiting.add(flow(delivery), delivery);
      arrived.signal();
      staff();
    } finally {
      lock.unlock();
    }
  }

  /// Gives a delivery back that was not attempted; its turn comes again at once.
  ///
  /// @return false when the site was stopped: the delivery stays with the caller
  boolean putBack(ReadyDelivery delivery) {
    lock.lock();
    try {
      if (stopped) {
        return false;
      }
      waiting.addFirst(flow(delivery), delivery);
      turns.giveMessageBack();
      arrived.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// The next delivery; called by the site's workers.
  ///
  /// @param patience how long to wait for one, and for its time
  /// @return null when there is none, or the site wants fewer connections: the worker is to leave
  @Nullable ReadyDelivery take(Duration patience) {
    lock.lock();
    SiteTurns.Turn turn = turns.next(now());
    idle++;
    try {
      long left = patience.toNanos();
      while (!stopped && !turns.isTooMany(connected)) {
        long wait = waiting.isEmpty() ? turn.idle(left) : turn.come(now());
        if (wait <= 0) {
          return waiting.poll();
        }
        // a connection does not stand idle for a turn that is too far away
        if (wait > left) {
          return null;
        }
        left -= wait - arrived.awaitNanos(wait);
      }
      return null;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      turn.giveBack();
      idle--;
      lock.unlock();
    }
  }

  /// A worker begins.
  void joined(SiteWorker worker) {
    locked(() -> crew.add(worker));
  }

  /// A worker is gone. Whatever came in while it was leaving gets another.
  void left(SiteWorker worker) {
    locked(() -> {
      crew.remove(worker);
      workers--;
      turns.ended(now());
      staff();
    });
  }

  void connected() {
    locked(() -> {
      connected++;
      pace.connected();
      staff();
    });
  }

  void disconnected() {
    locked(() -> connected--);
  }

  /// A delivery was taken that nobody called on the site for.
  void unused() {
    locked(() -> turns.giveMessageBack());
  }

  /// One more connection could not be opened.
  ///
  /// @param turnedAway whether a host that is up said so
  /// @return whether the site only wants no more of them: others stand, or while a host turns some
  ///   away others are being opened, and the last of them will find out
  boolean isCrowded(boolean turnedAway) {
    lock.lock();
    try {
      int others = connected == 0 && turnedAway ? workers - 1 : connected;
      if (others > 0) {
        pace.crowded(others);
      }
      return others > 0;
    } finally {
      lock.unlock();
    }
  }

  /// The site took a message.
  void succeeded() {
    locked(() -> {
      turns.succeeded(now());
      staff();
    });
  }

  /// A host says that it gets too much.
  ///
  /// @return whether that is news
  boolean throttled() {
    lock.lock();
    try {
      return pace.throttled(connected, now());
    } finally {
      lock.unlock();
    }
  }

  /// What all sites of its provider share.
  ProviderBudget<Site> budget() {
    return budget;
  }

  /// The site turned us away: nobody calls on it for a while.
  ///
  /// @return whether that is news
  boolean turnedAway(String reply) {
    lock.lock();
    try {
      return pace.turnedAway(reply, RetryHint.in(reply).orElse(Duration.ZERO), now());
    } finally {
      lock.unlock();
    }
  }

  /// The time has come, or somebody ended a pause.
  void wake() {
    locked(() -> {
      wakes = false;
      arrived.signalAll();
      staff();
    });
  }

  /// Its turn has come among the sites of its provider.
  void shownIn() {
    locked(() -> {
      if (turns.shownIn(isShortOfWorkers() && untilBack() <= 0, idle, now())) {
        hire();
      } else {
        staff();
      }
    });
  }

  /// Takes some of those that wait away.
  List<ReadyDelivery> withdraw(Predicate<ReadyDelivery> which) {
    lock.lock();
    try {
      return waiting.remove(which);
    } finally {
      lock.unlock();
    }
  }

  /// Takes all that waits away and lets the workers leave after what they are doing.
  List<ReadyDelivery> stop() {
    lock.lock();
    try {
      stopped = true;
      arrived.signalAll();
      return waiting.remove(_ -> true);
    } finally {
      lock.unlock();
    }
  }

  boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /// Whether nothing waits and nobody works: the site may be forgotten.
  boolean isDeserted() {
    lock.lock();
    try {
      return workers == 0 && waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// The pause that is too long to be waited out in memory; null when there is none.
  SitePace.@Nullable Pause longPause() {
    return pace.longPause(now());
  }

  /// Tells why those of the given deliveries that are here have not gone yet.
  void explain(Set<DeliveryKey> keys, BiConsumer<DeliveryKey, String> told) {
    lock.lock();
    try {
      String reason = turns.reason(workers, now()).orElseGet(this::reason);
      waiting.forEach(delivery -> {
        if (keys.contains(delivery.key())) {
          told.accept(delivery.key(), reason);
        }
      });
      crew.forEach(worker -> worker.explain(keys, told));
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable step) {
    lock.lock();
    try {
      step.run();
    } finally {
      lock.unlock();
    }
  }

  private String reason() {
    if (workers > 0 && workers >= most()) {
      return room.shop().outages().isSuspected(key)
          ? "one connection finds out whether the site is back"
          : "waiting for a connection: nearly all of delivery.total-connections are in use";
    }
    return "waiting for its turn";
  }

  private long now() {
    return room.shop().nanos().getAsLong();
  }

  private static Flow flow(ReadyDelivery delivery) {
    return delivery.message().facts().flow();
  }

  /// Starts one worker when more deliveries wait than workers do, or sees to it that somebody looks
  /// again when one may be started. Called under the lock.
  private void staff() {
    if (!isShortOfWorkers()) {
      return;
    }
    long now = now();
    long wait = Math.max(turns.untilAsking(now), untilBack());
    if (wait > 0) {
      wakeAfter(wait, now);
    } else if (turns.ask(idle, now)) {
      hire();
    }
  }

  /// Nanoseconds for which the site counts as down.
  private long untilBack() {
    return room.shop().outages().current(key).map(outage -> outage.left().toNanos()).orElse(0L);
  }

  private boolean isShortOfWorkers() {
    return !stopped && waiting.size() > idle && workers < most();
  }

  private void hire() {
    room.startWorker().accept(this);
    workers++;
  }

  private int most() {
    int most = room.shop().outages().isSuspected(key) ? 1 : pace.ceiling();
    int share = room.shop().connections().availablePermits() / SHARES;
    return Math.min(most, Math.max(1, share));
  }

  private void wakeAfter(long nanos, long now) {
    if (!wakes || now + nanos - wakesAt < 0) {
      wakes = true;
      wakesAt = now + nanos;
      room.wakeLater().wake(this, nanos);
    }
  }
}
