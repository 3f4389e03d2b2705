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
    return enter(address, mostPerAddress);
  }

  /// A load balancer, of which only the number of all sessions is a limit.
  ///
  /// @return false when there are too many; then [#leave] must not be called
  boolean enterBalancer(InetAddress address) {
    return enter(address, most);
  }

  /// A session of a load balancer turns out to be that client's.
  ///
  /// @return false when the client has too many; then it still counts as the balancer's
  boolean pass(InetAddress balancer, InetAddress client) {
    lock.lock();
    try {
      if (byAddress.getOrDefault(client, 0) >= mostPerAddress) {
        return false;
      }
      remove(balancer);
      byAddress.merge(client, 1, Integer::sum);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean enter(InetAddress address, int mostHere) {
    lock.lock();
    try {
      int here = byAddress.getOrDefault(address, 0);
      if (total >= most || here >= mostHere) {
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
      remove(address);
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void remove(InetAddress address) {
    byAddress.computeIfPresent(address, (_, here) -> here == 1 ? null : here - 1);
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
