package dev.waybill.relay.submission;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.access.KeyAllowance;
import dev.waybill.relay.access.KeyGuard;
import dev.waybill.relay.admission.ClientFacts;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's session from the greeting to its end: what it said so far and what it may do next.
///
/// Confined to the session's virtual thread but for [#stop] and [#abortIfOverdue].
final class Conversation {
  /// A key with its secret, which is asked again at each MAIL: a removed key stops working at once.
  record Credential(String token, ApiKey key) {
    /// Never shows the secret.
    @Override
    public String toString() {
      return "Credential[" + key + "]";
    }
  }

  /// What all sessions of a server share.
  ///
  /// @param memory for messages on their way in, in KiB
  record Shared(
      SubmissionSettings settings,
      Intake intake,
      SSLContext tls,
      Surroundings surroundings,
      SubmissionMeters meters,
      Semaphore memory) {}

  private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

  /// RFC 5321 §4.5.3.1.4 asks for 512; our parameters and SMTPUTF8 need more.
  private static final int MAX_COMMAND = 2_048;

  private static final int MAX_ERRORS = 20;
  private static final int MAX_WRONG_KEYS = 5;

  /// How long one AUTH waits for its turn where wrong keys came from.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Shared shared;
  private final Connection connection;
  private final long lastCommand;
  private ClientInput input;
  private @Nullable String helo;
  private boolean extended;
  private @Nullable Credential credential;
  private @Nullable Transaction transaction;
  private int errors;
  private int wrongKeys;
  private int messages;
  private boolean ended;
  private volatile boolean messageInProgress;
  private volatile boolean stopping;

  Conversation(Shared shared, Connection connection) {
    this.shared = shared;
    this.connection = connection;
    this.input = new ClientInput(connection, shared.settings().timeouts());
    this.lastCommand = connection.now() + shared.settings().timeouts().session().toNanos();
  }

  /// Talks until one side ends it, and closes the connection.
  void run(boolean implicitTls) {
    try {
      if (implicitTls) {
        startTls();
      }
      reply(SubmissionReplies.greeting(settings().hostname()));
      while (!ended) {
        if (stopping) {
          end(SubmissionReplies.SHUTTING_DOWN);
        } else if (connection.now() - lastCommand > 0) {
          end(SubmissionReplies.TOO_LONG_A_SESSION);
        } else {
          obey(readLine());
        }
      }
    } catch (SocketTimeoutException silent) {
      endWhileReceiving(SubmissionReplies.TOO_SLOW);
    } catch (IOException gone) {
      LOG.debug("session with {} ended: {}", connection.client(), gone.toString());
    } catch (RuntimeException fault) {
      LOG.error("session with {} ended by our fault", connection.client(), fault);
      connection.send(SubmissionReplies.OUR_FAULT_CLOSING);
    } finally {
      endTransaction();
      connection.close();
    }
  }

  /// Ends the session before its next command; a message on its way in may still arrive.
  void stop() {
    stopping = true;
    if (!messageInProgress) {
      connection.endInput();
    }
  }

  void abortIfOverdue() {
    connection.abortIfOverdue();
  }

  private void obey(ClientInput.Line line) throws IOException {
    switch (line) {
      case ClientInput.Text(String text)
          when text.length() > MAX_COMMAND && !Verbs.mayBeLong(text) ->
          reply(SubmissionReplies.LINE_TOO_LONG);
      case ClientInput.Text(String text) -> obey(text);
      case ClientInput.TooLong() -> reply(SubmissionReplies.LINE_TOO_LONG);
      case ClientInput.NotText() -> reply(SubmissionReplies.NOT_TEXT);
      case ClientInput.BareLineEnd() -> endWhileReceiving(SubmissionReplies.BARE_LINE_END);
      case ClientInput.Closed() -> {
        if (stopping) {
          end(SubmissionReplies.SHUTTING_DOWN);
        } else {
          end();
        }
      }
    }
  }

  private void obey(String line) throws IOException {
    int blank = line.indexOf(' ');
    Verb verb = Verbs.named(blank < 0 ? line : line.substring(0, blank));
    if (verb == null) {
      reply(SubmissionReplies.UNKNOWN_COMMAND);
    } else {
      verb.execute(this, blank < 0 ? "" : line.substring(blank + 1).strip());
    }
  }

  /// Adds a reply; a client that only makes mistakes is told to go.
  void reply(String reply) {
    connection.send(reply);
    if (!reply.startsWith("50")) {
      errors = 0;
    } else if (++errors >= MAX_ERRORS) {
      end(SubmissionReplies.TOO_MANY_ERRORS);
    }
  }

  void end() {
    ended = true;
  }

  void end(String lastReply) {
    connection.send(lastReply);
    ended = true;
  }

  /// Ends with a reply that the client gets although it is still sending.
  void endWhileReceiving(String lastReply) {
    end(lastReply);
    connection.closeAfterReading();
  }

  ClientInput.Line readLine() throws IOException {
    return input.readLine();
  }

  boolean hasPendingInput() {
    return input.hasPending();
  }

  ClientInput input() {
    return input;
  }

  /// Where the transaction's message is kept while it arrives.
  BodySpool newSpool(Transaction begun) {
    SubmissionSettings.Limits limits = settings().limits();
    return new BodySpool(
        new BodySpool.Room(
            settings().spool(), limits.messageSize(), limits.header().head(), shared.memory()),
        begun.parameters().size());
  }

  DataReader dataReader(BodySpool spool) {
    return new DataReader(input, spool, 2 * settings().limits().messageSize());
  }

  long dataDeadline() {
    return connection.now() + settings().timeouts().data().toNanos();
  }

  void messageInProgress(boolean inProgress) {
    messageInProgress = inProgress;
  }

  /// RFC 3207 §4.2: what was said in clear is forgotten.
  void startTls() throws IOException {
    connection.startTls(shared.tls());
    input = new ClientInput(connection, settings().timeouts());
    helo = null;
    credential = null;
    endTransaction();
  }

  void greeted(String name, boolean byEhlo) {
    helo = name;
    extended = byEhlo;
    endTransaction();
  }

  boolean wasGreeted() {
    return helo != null;
  }

  boolean secure() {
    return connection.secure();
  }

  boolean mayAuthenticate() {
    return secure() || settings().networks().mayAuthenticateInClear(connection.client());
  }

  Optional<Credential> credential() {
    return Optional.ofNullable(credential);
  }

  /// Looks the key up, after a wait where wrong ones came from.
  ///
  /// @return [KeyGuard.Answer.Later] when the wait would be too long
  KeyGuard.Answer ask(String token) throws IOException {
    Duration waited = Duration.ZERO;
    while (true) {
      KeyGuard.Answer answer = intake().keys().ask(connection.client(), token);
      switch (answer) {
        case KeyGuard.Answer.Right(ApiKey key) -> {
          credential = new Credential(token, key);
          return answer;
        }
        case KeyGuard.Answer.Wrong() -> {
          LOG.info("wrong API key from {}", connection.client().getHostAddress());
          wrongKeys++;
          return answer;
        }
        case KeyGuard.Answer.Later(Duration wait) -> {
          waited = waited.plus(wait);
          if (waited.compareTo(PATIENCE) > 0) {
            return answer;
          }
          pause(wait);
        }
      }
    }
  }

  /// Whether the client has had enough chances.
  boolean hasGuessedEnough() {
    return wrongKeys >= MAX_WRONG_KEYS;
  }

  private void pause(Duration wait) throws IOException {
    try {
      surroundings().pause().pause(wait);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while an AUTH waited for its turn", interrupted);
    }
  }

  /// Whether the client is trusted or has a key that still exists.
  boolean maySubmit() {
    Credential given = credential;
    if (given == null) {
      return settings().networks().isTrusted(connection.client());
    }
    credential =
        intake()
            .keys()
            .find(given.token())
            .map(key -> new Credential(given.token(), key))
            .orElse(null);
    return credential != null;
  }

  /// What the client's key allows its next message; empty when it has none.
  Optional<KeyAllowance.Share> share() {
    return credential().map(given -> intake().allowance().share(given.key()));
  }

  Optional<Transaction> transaction() {
    return Optional.ofNullable(transaction);
  }

  void beginTransaction(Transaction begun) {
    transaction = begun;
  }

  void endTransaction() {
    if (transaction != null) {
      transaction.discard();
      transaction = null;
    }
  }

  void countMessage() {
    messages++;
  }

  boolean hasCarriedEnough() {
    return messages >= settings().limits().messagesPerConnection();
  }

  ClientFacts clientFacts() {
    String name = helo == null ? "" : helo;
    return new ClientFacts(name, connection.client(), extended, secure(), credential != null);
  }

  SubmissionSettings settings() {
    return shared.settings();
  }

  Intake intake() {
    return shared.intake();
  }

  Surroundings surroundings() {
    return shared.surroundings();
  }

  SubmissionMeters meters() {
    return shared.meters();
  }
}
