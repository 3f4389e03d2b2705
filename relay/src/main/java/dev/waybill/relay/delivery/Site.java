package dev.waybill.relay.delivery;

import dev.waybill.relay.queue.ReadyDelivery;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One destination: the deliveries that wait for it, first come first served, and how many workers
/// serve it. Any thread may call it; only [#take] waits.
///
/// A site that turns further connections away while it keeps others is served by as many as it
/// keeps; every 20 messages it takes allow one more, up to the limit.
final class Site {
  private static final int MESSAGES_PER_GROWTH = 20;

  private final SiteKey key;
  private final int most;
  private final Outages outages;
  private final Consumer<Site> startWorker;
  private final MemoryBudget memory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<ReadyDelivery> waiting = new ArrayDeque<>();
  private volatile MxPlan plan;
  private int workers;
  private int idle;
  private int connected;
  private int ceiling;
  private int taken;
  private boolean stopped;

  Site(Route.To route, DeliverySettings settings, Outages outages, Consumer<Site> startWorker) {
    this.key = route.site();
    this.plan = route.plan();
    this.most = settings.siteConnections();
    this.ceiling = most;
    // A quarter of the whole: hosts that take large messages slowly cannot hold all memory.
    this.memory = new MemoryBudget(settings.memory() / 4);
    this.outages = outages;
    this.startWorker = startWorker;
  }

  SiteKey key() {
    return key;
  }

  /// The hosts as last looked up.
  MxPlan plan() {
    return plan;
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
      waiting.add(delivery);
      arrived.signal();
      staff();
    } finally {
      lock.unlock();
    }
  }

  /// Gives a delivery back to the head of the queue.
  ///
  /// @return false when the site was stopped: the delivery stays with the caller
  boolean putBack(ReadyDelivery delivery) {
    lock.lock();
    try {
      if (stopped) {
        return false;
      }
      waiting.addFirst(delivery);
      arrived.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// The next delivery; called by the site's workers.
  ///
  /// @param patience how long to wait for one
  /// @return null when there is none: the worker is to leave
  @Nullable ReadyDelivery take(Duration patience) {
    lock.lock();
    try {
      long left = patience.toNanos();
      idle++;
      try {
        while (waiting.isEmpty() && !stopped && left > 0) {
          left = arrived.awaitNanos(left);
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return null;
      } finally {
        idle--;
      }
      return waiting.poll();
    } finally {
      lock.unlock();
    }
  }

  /// A worker is gone. Whatever came in while it was leaving gets another.
  void left() {
    lock.lock();
    try {
      workers--;
      staff();
    } finally {
      lock.unlock();
    }
  }

  void connected() {
    lock.lock();
    try {
      connected++;
    } finally {
      lock.unlock();
    }
  }

  void disconnected() {
    lock.lock();
    try {
      connected--;
    } finally {
      lock.unlock();
    }
  }

  /// A further connection was turned away.
  ///
  /// @return whether others stand, so that the site is up and only wants no more of them
  boolean isCrowded() {
    lock.lock();
    try {
      if (connected == 0) {
        return false;
      }
      ceiling = connected;
      taken = 0;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// The site took a message.
  void succeeded() {
    lock.lock();
    try {
      if (ceiling < most && ++taken >= MESSAGES_PER_GROWTH) {
        ceiling++;
        taken = 0;
      }
      staff();
    } finally {
      lock.unlock();
    }
  }

  /// Takes some of those that wait away, in their order.
  List<ReadyDelivery> withdraw(Predicate<ReadyDelivery> which) {
    lock.lock();
    try {
      List<ReadyDelivery> withdrawn = waiting.stream().filter(which).toList();
      if (!withdrawn.isEmpty()) {
        waiting.removeIf(which);
      }
      return withdrawn;
    } finally {
      lock.unlock();
    }
  }

  /// Takes all that waits away and lets the workers leave after what they are doing.
  List<ReadyDelivery> stop() {
    lock.lock();
    try {
      stopped = true;
      List<ReadyDelivery> unattempted = List.copyOf(waiting);
      waiting.clear();
      arrived.signalAll();
      return unattempted;
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

  /// Starts one worker when more deliveries wait than workers do. Called under the lock.
  private void staff() {
    int limit = outages.isSuspected(key) ? 1 : ceiling;
    if (waiting.size() > idle && workers < limit) {
      startWorker.accept(this);
      workers++;
    }
  }
}
