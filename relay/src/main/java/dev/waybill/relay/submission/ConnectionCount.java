package dev.waybill.relay.submission;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Counts open sessions, in all and by address. Any thread may call it.
final class ConnectionCount {
  private final int most;
  private final int mostPerAddress;
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition left = lock.newCondition();
  private int total;

  ConnectionCount(int most, int mostPerAddress) {
    this.most = most;
    this.mostPerAddress = mostPerAddress;
  }

  /// @return false when there are too many; then [#leave] must not be called
  boolean enter(InetAddress address) {
    lock.lock();
    try {
      int here = byAddress.getOrDefault(address, 0);
      if (total >= most || here >= mostPerAddress) {
        return false;
      }
      total++;
      byAddress.put(address, here + 1);
      return true;
    } finally {
      lock.unlock();
    }
  }

  void leave(InetAddress address) {
    lock.lock();
    try {
      total--;
      byAddress.computeIfPresent(address, (_, here) -> here == 1 ? null : here - 1);
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int total() {
    lock.lock();
    try {
      return total;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until no session is open.
  ///
  /// @return false when some were when the time was over
  boolean awaitNone(Duration atMost) throws InterruptedException {
    long remaining = atMost.toNanos();
    lock.lock();
    try {
      while (total > 0) {
        if (remaining <= 0) {
          return false;
        }
        remaining = left.awaitNanos(remaining);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
