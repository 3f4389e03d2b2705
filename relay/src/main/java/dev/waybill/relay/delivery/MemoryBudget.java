package dev.waybill.relay.delivery;

import java.util.concurrent.Semaphore;

/// Bounds the octets of rendered copies that are in memory at once. Any thread may call it; taking
/// blocks until enough was given back.
///
/// A copy larger than the whole budget counts as all of it, so one may always go.
final class MemoryBudget {
  /// Counting in kibibytes keeps a budget of up to 2 TiB within a semaphore's range.
  private static final int UNIT_BITS = 10;

  private final int total;
  private final Semaphore free;

  MemoryBudget(long octets) {
    this.total = (int) Math.clamp(octets >> UNIT_BITS, 1L, Integer.MAX_VALUE);
    this.free = new Semaphore(total, true);
  }

  /// @return what to give back
  int take(long octets) {
    int units = (int) Math.clamp((octets >> UNIT_BITS) + 1, 1L, total);
    free.acquireUninterruptibly(units);
    return units;
  }

  void giveBack(int units) {
    free.release(units);
  }
}
