package dev.waybill.relay.submission;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The submission door: one port for STARTTLS, one for implicit TLS, the same dialogue behind both.
///
/// Any thread may call it; it is started and stopped once.
public final class SubmissionServer {
  private static final Logger LOG = LoggerFactory.getLogger(SubmissionServer.class);

  private final SubmissionSettings settings;
  private final Conversation.Shared shared;
  private final ConnectionCount count;
  private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();
  private final Listener clear;
  private final Listener encrypted;
  private final ScheduledExecutorService deadlines;
  private volatile boolean stopping;
  private volatile int port;
  private volatile int tlsPort;

  /// @param tls with the server's certificate, see room `tls`
  public SubmissionServer(
      SubmissionSettings settings,
      Intake intake,
      SSLContext tls,
      Surroundings surroundings,
      MeterRegistry registry) {
    this.settings = settings;
    this.count =
        new ConnectionCount(
            settings.limits().connections(), settings.limits().connectionsPerAddress());
    this.shared =
        new Conversation.Shared(
            settings, intake, tls, surroundings, new SubmissionMeters(registry, count));
    this.clear = new Listener(settings.listen(), settings, socket -> converse(socket, false));
    this.encrypted = new Listener(settings.listenTls(), settings, socket -> converse(socket, true));
    this.deadlines =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("submission-deadlines").daemon(true).factory());
  }

  /// Begins to listen.
  ///
  /// @throws UncheckedIOException when the spool folder cannot be prepared
  /// @throws RuntimeException when a port cannot be listened on
  public void start() {
    try {
      BodySpool.prepare(settings.spool());
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "submission spool %s (expected: a folder that can be written)"
              .formatted(settings.spool()),
          failure);
    }
    port = clear.start();
    tlsPort = encrypted.start();
    var _ =
        deadlines.scheduleWithFixedDelay(
            () -> conversations.forEach(Conversation::abortIfOverdue), 1, 1, TimeUnit.SECONDS);
    LOG.info(
        "submission listens on {} port {} (STARTTLS) and {} port {} (TLS)",
        settings.listen().getHostString(),
        port,
        settings.listenTls().getHostString(),
        tlsPort);
  }

  /// The port of STARTTLS sessions.
  public int port() {
    return port;
  }

  /// The port of implicit TLS sessions.
  public int tlsPort() {
    return tlsPort;
  }

  /// Stops listening, ends sessions between messages, lets messages on their way in arrive for at
  /// most `grace`, then cuts what is left; a cut message got no 250.
  public void stop(Duration grace) {
    stopping = true;
    clear.stopListening();
    encrypted.stopListening();
    conversations.forEach(Conversation::stop);
    try {
      if (!count.awaitNone(grace)) {
        LOG.warn("{} submission sessions are cut after {}", count.total(), grace);
      }
      clear.stop();
      encrypted.stop();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      deadlines.shutdownNow();
    }
  }

  private void converse(Socket socket, boolean implicitTls) {
    InetAddress client = socket.getInetAddress();
    if (!count.enter(client)) {
      turnAway(socket, implicitTls);
      return;
    }
    try {
      Connection connection =
          new Connection(socket, settings.timeouts(), shared.surroundings().nanos());
      Conversation conversation = new Conversation(shared, connection);
      conversations.add(conversation);
      try {
        if (stopping) {
          conversation.stop();
        }
        conversation.run(implicitTls);
      } finally {
        conversations.remove(conversation);
      }
    } catch (IOException gone) {
      LOG.debug("a client left at once: {}", gone.toString());
    } finally {
      count.leave(client);
    }
  }

  /// A handshake for a client that cannot stay would be the costliest part of its visit.
  private void turnAway(Socket socket, boolean implicitTls) {
    if (implicitTls) {
      return;
    }
    try {
      Connection connection =
          new Connection(socket, settings.timeouts(), shared.surroundings().nanos());
      connection.send(SubmissionReplies.TOO_MANY_CONNECTIONS);
      connection.close();
    } catch (IOException gone) {
      LOG.debug("a client left at once: {}", gone.toString());
    }
  }
}
