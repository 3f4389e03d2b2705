package dev.waybill.relay.submission;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;
import org.subethamail.smtp.server.SessionHandler;

/// One listening port: SubEthaSMTP accepts its connections and starts a virtual thread for each,
/// and our dialogue takes the socket over before the library says or reads anything.
///
/// Any thread may call it.
final class Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  /// The library says a 421 of its own beyond its limit and then stops accepting; ours comes first.
  private static final int HEADROOM = 1_000;

  private static final int BACKLOG = 1_024;
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);

  private final SMTPServer server;
  private final ListeningSocket socket;
  private final ExecutorService threads;

  /// @param dialogue talks to a client until the end; called on the session's thread
  Listener(InetSocketAddress address, SubmissionSettings settings, Consumer<Socket> dialogue) {
    this.socket = newSocket();
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("submission-", 0).factory());
    this.server =
        SMTPServer.port(address.getPort())
            .bindAddress(address.getAddress())
            .backlog(BACKLOG)
            .hostName(settings.hostname().value())
            .softwareName("Waybill")
            .executorService(threads)
            .maxConnections(settings.limits().connections() + HEADROOM)
            .connectionTimeoutMs((int) settings.timeouts().idle().toMillis())
            .maxMessageSize((int) settings.limits().messageSize())
            .serverSocketFactory(() -> socket)
            .sessionHandler(new TakeOver(dialogue))
            .build();
  }

  /// @return the port that is listened on
  int start() {
    server.start();
    return server.getPortAllocated();
  }

  void stopListening() {
    try {
      socket.stopListening();
    } catch (IOException failure) {
      LOG.warn("a listening socket could not be closed", failure);
    }
  }

  /// Cuts the sessions that are left, also those that wait for storage. The library waits for their
  /// end without limit, so it does that on a thread of its own.
  void stop() throws InterruptedException {
    threads.shutdownNow();
    // those that wait for storage tell their clients, before the library closes their sockets
    boolean _ = threads.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
    Thread stopper = Thread.ofVirtual().name("submission-stop").start(server::stop);
    if (!stopper.join(LAST_WAIT)) {
      LOG.warn("submission sessions did not end within {}", LAST_WAIT);
    }
  }

  private static ListeningSocket newSocket() {
    try {
      return new ListeningSocket();
    } catch (IOException failure) {
      throw new UncheckedIOException("no socket to listen on", failure);
    }
  }

  /// The library asks whether it may greet; by the time of the answer everything has been said.
  private record TakeOver(Consumer<Socket> dialogue) implements SessionHandler {
    @Override
    public SessionAcceptance accept(Session session) {
      try {
        dialogue.accept(session.getSocket());
      } finally {
        session.quit();
      }
      return SessionAcceptance.success();
    }

    @Override
    public void onSessionEnd(Session session) {
      // the dialogue has cleaned up after itself
    }
  }
}
