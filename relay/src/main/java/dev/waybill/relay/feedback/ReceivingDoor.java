package dev.waybill.relay.feedback;

import dev.waybill.relay.feedback.Receiver.Answer;
import dev.waybill.relay.feedback.Receiver.Arrival;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;
import org.subethamail.smtp.server.SessionHandler;

/// An SMTP server that receives mail (RFC 5321) and asks a [Receiver] about it.
///
/// Start and stop it from one thread. SubEthaSMTP does connections, sessions and STARTTLS on
/// virtual threads; the commands in which it is too trusting are replaced by [ReceivingCommands].
public final class ReceivingDoor {
  private static final Logger log = LoggerFactory.getLogger(ReceivingDoor.class);

  /// RFC 5321 §4.5.3.2.7.
  private static final int IDLE_MINUTES = 5;

  private static final Answer TOO_FAST =
      new Answer(451, "4.7.1 Too much at once from your address, try again later");

  private final SMTPServer server;

  /// @param nanos a monotonic clock in nanoseconds, for deadlines
  public ReceivingDoor(DoorSettings settings, Receiver receiver, LongSupplier nanos) {
    ClientPace pace = new ClientPace(settings.messagesPerMinute(), nanos);
    SMTPServer.Builder builder =
        SMTPServer.port(settings.listen().getPort())
            .bindAddress(settings.listen().getAddress())
            .hostName(settings.hostname())
            .softwareName("Waybill")
            .insertReceivedHeaders(false)
            .executorService(
                Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("receiving-", 0).factory()))
            .connectionTimeout(IDLE_MINUTES, TimeUnit.MINUTES)
            .maxConnections(settings.maxConnections())
            .sessionHandler(
                SessionHandler.limitConcurrentSessionsBySource(settings.maxConnectionsPerSource()))
            .maxRecipients(settings.maxRecipients())
            .maxMessageSize(settings.maxMessageSize())
            .messageHandlerFactory(context -> new Transaction(context, receiver, pace));
    SSLContext tls = settings.tls();
    if (tls != null) {
      builder.enableTLS().startTlsSocketFactory(socket -> serverSide(tls, socket));
    }
    this.server = builder.build();
    ReceivingCommands.install(
        server.getCommandHandler(), settings.maxMessageSize(), settings.maxRecipients(), nanos);
  }

  /// Opens the port; connections are served from now on.
  ///
  /// @throws UncheckedIOException when the port cannot be opened
  public void start() {
    try {
      server.start();
    } catch (RuntimeException cannotListen) {
      if (cannotListen.getCause() instanceof IOException cause) {
        throw new UncheckedIOException(cause);
      }
      throw cannotListen;
    }
  }

  /// Where it listens, with the port that was really taken; only after [#start].
  public InetSocketAddress address() {
    return new InetSocketAddress(server.getBindAddress().orElseThrow(), server.getPortAllocated());
  }

  /// Closes the port and every connection; a message being handed over is finished first, though
  /// its client sees no answer and sends it again.
  public void stop() {
    server.stop();
  }

  private static SSLSocket serverSide(SSLContext tls, Socket socket) throws IOException {
    // The library's own way asks the DNS for the client's name at every handshake.
    SSLSocket secured =
        (SSLSocket)
            tls.getSocketFactory()
                .createSocket(
                    socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
    secured.setUseClientMode(false);
    secured.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    return secured;
  }

  /// One mail transaction; confined to its connection's thread.
  static final class Transaction implements MessageHandler {
    private final MessageContext context;
    private final Receiver receiver;
    private final ClientPace pace;
    private final List<String> recipients = new ArrayList<>();
    private String sender = "";

    Transaction(MessageContext context, Receiver receiver, ClientPace pace) {
      this.context = context;
      this.receiver = receiver;
      this.pace = pace;
    }

    @Override
    public void from(String address) throws RejectException {
      requirePace();
      sender = address;
    }

    @Override
    public void recipient(String address) throws RejectException {
      requirePace();
      Answer answer;
      try {
        answer = receiver.recipient(address);
      } catch (RuntimeException fault) {
        log.error("Cannot decide about a recipient; the client is asked to come back", fault);
        answer = new Answer(451, "4.3.0 Local trouble, try again later");
      }
      if (!answer.accepted()) {
        pace.count(client());
        throw new RejectException(answer.code(), answer.text());
      }
      recipients.add(address);
    }

    private void requirePace() throws RejectException {
      if (!pace.permits(client())) {
        throw new RejectException(TOO_FAST.code(), TOO_FAST.text());
      }
    }

    private InetAddress client() {
      return ((Session) context).getRemoteAddress().getAddress();
    }

    @Override
    public String data(InputStream data) throws RejectException, IOException {
      Answer answer = message(data.readAllBytes());
      if (!answer.accepted()) {
        throw new RejectException(answer.code(), answer.text());
      }
      return answer.text();
    }

    Answer message(byte[] content) {
      pace.count(client());
      try {
        Session session = (Session) context;
        return receiver.message(
            new Arrival(
                client(),
                context.getHelo().orElse(""),
                session.isTLSStarted(),
                sender,
                recipients,
                content));
      } catch (RuntimeException fault) {
        log.error("Cannot take a message; the client is asked to come back", fault);
        return new Answer(451, "4.3.0 Local trouble, try again later");
      }
    }

    @Override
    public void done() {
      recipients.clear();
    }
  }
}
