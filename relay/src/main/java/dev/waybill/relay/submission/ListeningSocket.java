package dev.waybill.relay.submission;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;

/// A server socket that can stop listening before the library that reads it knows: its own stop
/// would also cut every session at once. Any thread may call it.
final class ListeningSocket extends ServerSocket {
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean listening = true;

  ListeningSocket() throws IOException {}

  /// Refuses new connections from now on; [#accept] then waits for [#close].
  void stopListening() throws IOException {
    listening = false;
    super.close();
  }

  @Override
  public Socket accept() throws IOException {
    try {
      return super.accept();
    } catch (IOException failure) {
      if (!listening) {
        awaitClose();
      }
      throw failure;
    }
  }

  @Override
  public void close() throws IOException {
    super.close();
    closed.countDown();
  }

  private void awaitClose() {
    try {
      closed.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
