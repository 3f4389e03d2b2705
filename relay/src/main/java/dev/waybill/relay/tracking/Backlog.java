package dev.waybill.relay.tracking;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedCollection;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/// Sightings on their way to the journal, in bounded memory.
///
/// Any thread may add and none ever waits to; one thread takes. When the journal cannot keep up,
/// the oldest are dropped: a link must lead on, so neither waiting nor refusing is a choice.
final class Backlog {
  /// About how much memory the waiting ones may hold, in bytes.
  private static final long MAX_WEIGHT = 64L * 1024 * 1024;

  private final int limit;
  private final LongConsumer onDropped;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();

  /// Apart from [#arrived], or each arrival would wake whoever pauses.
  private final Condition ended = lock.newCondition();

  private ArrayDeque<Sighting> waiting = new ArrayDeque<>();
  private long weight;
  private long added;
  private long dropped;
  private boolean closed;

  /// @param limit the most that may wait
  /// @param onDropped told the number dropped so far, once per dropped sighting; must be quick
  Backlog(int limit, LongConsumer onDropped) {
    this.limit = limit;
    this.onDropped = onDropped;
  }

  void add(Sighting sighting) {
    lock.lock();
    try {
      waiting.addLast(sighting);
      added++;
      weight += sighting.weight();
      trim();
      if (waiting.size() == 1) {
        arrived.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Takes the oldest, at most `most`, and waits for the first one.
  ///
  /// @return empty only once it is closed and nothing waits any more
  List<Sighting> take(int most) throws InterruptedException {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        arrived.await();
      }
      List<Sighting> taken = new ArrayList<>(Math.min(most, waiting.size()));
      while (taken.size() < most && !waiting.isEmpty()) {
        Sighting next = waiting.removeFirst();
        weight -= next.weight();
        taken.add(next);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// Takes all that wait now.
  SequencedCollection<Sighting> takeAll() {
    lock.lock();
    try {
      // not copied: nobody can add meanwhile
      SequencedCollection<Sighting> taken = waiting;
      waiting = new ArrayDeque<>();
      weight = 0;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// Puts back what could not be recorded, before everything else, in its order.
  void giveBack(SequencedCollection<Sighting> sightings) {
    lock.lock();
    try {
      for (Sighting sighting : sightings.reversed()) {
        waiting.addFirst(sighting);
        weight += sighting.weight();
      }
      trim();
    } finally {
      lock.unlock();
    }
  }

  /// Waits, but no longer than until it is closed.
  void pause(Duration duration) throws InterruptedException {
    lock.lock();
    try {
      long left = duration.toNanos();
      while (!closed && left > 0) {
        left = ended.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /// How many ever came.
  long added() {
    lock.lock();
    try {
      return added;
    } finally {
      lock.unlock();
    }
  }

  private void trim() {
    while (waiting.size() > limit || weight > MAX_WEIGHT) {
      weight -= waiting.removeFirst().weight();
      onDropped.accept(++dropped);
    }
  }
}
