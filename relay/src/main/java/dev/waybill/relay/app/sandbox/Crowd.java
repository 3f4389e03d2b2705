package dev.waybill.relay.app.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Many clients at once. Stateless.
final class Crowd {
  private Crowd() {}

  /// Returns when all clients are done, each on a virtual thread.
  ///
  /// @throws IOException when one of them failed
  static void run(int clients, Callable<Void> client) throws IOException, InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        running.add(threads.submit(client));
      }
      for (Future<Void> each : running) {
        each.get();
      }
    } catch (ExecutionException failed) {
      throw new IOException("the run broke off", failed.getCause());
    }
  }
}
