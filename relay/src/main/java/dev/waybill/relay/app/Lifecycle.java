package dev.waybill.relay.app;

import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the program up until it is told to stop, and then stops it in order.
///
/// Used by the main thread; the signal arrives on a thread of the Java machine.
final class Lifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

  private Lifecycle() {}

  /// Waits for SIGTERM or Ctrl-C, runs the stop and ends the process with 0: being told to stop is
  /// no failure, and the Java machine's own answer would be 143.
  static void runUntilStopped(Runnable stop) throws InterruptedException {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  LOG.info("stopping");
                  int code = stopped(stop) ? 0 : 1;
                  Runtime.getRuntime().halt(code);
                }));
    new CountDownLatch(1).await();
  }

  private static boolean stopped(Runnable stop) {
    try {
      stop.run();
      LOG.info("stopped");
      return true;
    } catch (RuntimeException failure) {
      LOG.error("the stop was not clean; the next start picks up what is left", failure);
      return false;
    }
  }
}
