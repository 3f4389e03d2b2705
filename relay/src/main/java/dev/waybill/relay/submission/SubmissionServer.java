package dev.waybill.relay.submission;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
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
            settings,
            intake,
            tls,
            surroundings,
            new SubmissionMeters(registry, count),
            new Semaphore(Math.toIntExact(settings.limits().memory() / BodySpool.UNIT)));
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
    try {
      Connection connection =
          new Connection(socket, settings.timeouts(), shared.surroundings().nanos());
      InetAddress other = connection.client();
      boolean balancer = settings.networks().isBalancer(other);
      if (!(balancer ? count.enterBalancer(other) : count.enter(other))) {
        turnAway(connection, implicitTls);
        return;
      }
      try {
        converse(connection, balancer, implicitTls);
      } finally {
        count.leave(connection.client());
      }
    } catch (IOException gone) {
      LOG.debug("a client left at once: {}", gone.toString());
    }
  }

  private void converse(Connection connection, boolean balancer, boolean implicitTls)
      throws IOException {
    Conversation conversation = new Conversation(shared, connection);
    conversations.add(conversation);
    try {
      if (stopping) {
        conversation.stop();
      }
      if (!balancer || isPassedOn(connection, implicitTls)) {
        conversation.run(implicitTls);
      }
    } finally {
      conversations.remove(conversation);
    }
  }

  /// Learns from a load balancer whose connection this is. Who sends something else than a header
  /// is not served: it would be taken for the balancer itself.
  ///
  /// @return false when the session is over already
  private boolean isPassedOn(Connection connection, boolean implicitTls) throws IOException {
    InetAddress balancer = connection.client();
    long deadline = connection.now() + settings.timeouts().handshake().toNanos();
    Optional<InetAddress> client;
    try {
      client = ProxyHeader.read(connection, deadline);
    } catch (EOFException looked) {
      // how balancers find out whether a port is open
      LOG.debug("load balancer {}: {}", balancer.getHostAddress(), looked.getMessage());
      connection.abort();
      return false;
    } catch (IOException none) {
      LOG.warn(
          "load balancer {} of submission.proxy-networks: {}",
          balancer.getHostAddress(),
          none.getMessage());
      connection.abort();
      return false;
    }
    if (client.isPresent()) {
      if (!count.pass(balancer, client.get())) {
        turnAway(connection, implicitTls);
        return false;
      }
      connection.passedOnFor(client.get());
    }
    return true;
  }

  /// A handshake for a client that cannot stay would be the costliest part of its visit.
  private static void turnAway(Connection connection, boolean implicitTls) {
    if (implicitTls) {
      connection.abort();
    } else {
      connection.send(SubmissionReplies.TOO_MANY_CONNECTIONS);
      connection.close();
    }
  }
}
