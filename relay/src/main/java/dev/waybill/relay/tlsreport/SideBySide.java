package dev.waybill.relay.tlsreport;

import java.util.Collection;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does what waits for the network for many at once.
final class SideBySide {
  private static final Logger LOG = LoggerFactory.getLogger(SideBySide.class);

  private SideBySide() {}

  /// Runs the work for each, so many at a time, and returns when all is done. One that fails is
  /// logged and keeps no other back.
  static <T> void forEach(Collection<T> all, int atOnce, Consumer<T> work) {
    Semaphore limit = new Semaphore(atOnce);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (T each : all) {
        limit.acquireUninterruptibly();
        threads.execute(() -> {
          try {
            work.accept(each);
          } catch (RuntimeException failure) {
            LOG.warn("{} is left for the next time", each, failure);
          } finally {
            limit.release();
          }
        });
      }
    }
  }
}
