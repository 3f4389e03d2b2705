package dev.waybill.relay.app;

import dev.waybill.relay.storage.Sealing;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// What a start does beside itself, on daemon threads.
///
/// The JDK's cryptography takes a fifth of a second to come up, which the reading of the settings
/// and the opening of the database need not wait for.
final class HeadStart {
  private static final int MASTER_KEY = 32;

  private HeadStart() {}

  /// Wakes the cryptography; whoever needs it sooner waits inside the JDK until it is there.
  static void cryptography() {
    Thread.ofPlatform()
        .name("start-cryptography")
        .daemon(true)
        .start(() -> {
          byte[] _ = new Sealing(new byte[MASTER_KEY]).seal(new byte[1], "start");
        });
  }

  /// Begins the work.
  static <T> FutureTask<T> begin(String name, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().name("start-" + name).daemon(true).start(task);
    return task;
  }

  /// Waits for work that was begun; what it threw comes out here.
  static <T> T await(FutureTask<T> task) throws IOException {
    try {
      return task.get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("the start was interrupted", interrupted);
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case IOException io -> throw io;
        case RuntimeException fault -> throw fault;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(failed);
      }
    }
  }
}
