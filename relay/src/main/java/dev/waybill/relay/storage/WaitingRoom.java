package dev.waybill.relay.storage;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where entries wait until the committing thread takes them, many at once.
///
/// A batch costs nearly the same with one entry as with fifty, so under load the thread waits a
/// moment for company: an urgent entry at most [#PACE] and only when the last batch was large,
/// others at most [#LINGER] unless an urgent one comes. An urgent entry in a quiet hour is taken at
/// once.
///
/// Any thread may add; one thread gathers.
final class WaitingRoom<E> {
  /// How long a batch grows while many are coming, in nanoseconds.
  private static final long PACE = 3_000_000;

  /// How long what nobody waits for may be kept for company, in nanoseconds.
  private static final long LINGER = 8_000_000;

  /// A batch of this size says that more are coming.
  private static final int MANY = 8;

  /// With this many, company is no reason to wait any longer.
  private static final int PLENTY = 200;

  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition worthALook = lock.newCondition();
  private final ArrayDeque<E> entries = new ArrayDeque<>();
  private boolean urgent;
  private boolean closed;
  private int enough;
  private boolean urgentEnough;
  private int lastBatch;

  /// @param most how many are taken at once
  WaitingRoom(int most) {
    this.most = most;
  }

  /// @return false when the room is closed: the entry stays with the caller
  boolean add(E entry, boolean isUrgent) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      entries.add(entry);
      urgent |= isUrgent;
      // whoever gathers is woken once and for a reason, not by each entry
      if (entries.size() == enough || (isUrgent && urgentEnough)) {
        worthALook.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for entries and moves them to the batch, in their order.
  ///
  /// @return false when the room is closed and empty
  boolean gather(List<? super E> batch) {
    lock.lock();
    try {
      while (entries.isEmpty()) {
        if (closed) {
          return false;
        }
        enough = 1;
        worthALook.awaitUninterruptibly();
      }
      if (!urgent) {
        waitForCompany(LINGER, true);
      }
      if (urgent && lastBatch >= MANY) {
        waitForCompany(PACE, false);
      }
      enough = 0;
      int count = Math.min(most, entries.size());
      for (int i = 0; i < count; i++) {
        batch.add(entries.remove());
      }
      urgent &= !entries.isEmpty();
      lastBatch = count;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Lets nobody in any more; who is in is still gathered, without waiting for company.
  void close() {
    lock.lock();
    try {
      closed = true;
      worthALook.signal();
    } finally {
      lock.unlock();
    }
  }

  private void waitForCompany(long nanoseconds, boolean untilUrgent) {
    long left = nanoseconds;
    enough = PLENTY;
    urgentEnough = untilUrgent;
    try {
      while (left > 0 && !closed && entries.size() < PLENTY && !(untilUrgent && urgent)) {
        left = worthALook.awaitNanos(left);
      }
    } catch (InterruptedException _) {
      // nobody is to interrupt the committing thread: it goes on with what is here
    } finally {
      urgentEnough = false;
    }
  }
}
