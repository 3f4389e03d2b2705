package dev.waybill.relay.submission;

import dev.waybill.relay.access.KeyAllowance;
import dev.waybill.relay.admission.Submission;
import dev.waybill.relay.admission.Verdict;
import dev.waybill.relay.idempotency.Receipt;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.SubmittedBody;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.submission.SubmissionMeters.Result;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What becomes of a message that was read: it is judged and handed over, and 250 is said only when
/// it is on stable storage. Stateless.
final class Reception {
  private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

  /// A message as it came.
  ///
  /// @param state what the spool said when it was finished
  /// @param flaw what must not be in it; null when nothing is
  record Received(
      BodySpool spool, BodySpool.State state, DataReader.@Nullable Flaw flaw, boolean eightBit) {}

  private Reception() {}

  /// Answers for a message that is here to its last octet.
  static void complete(Conversation session, Transaction transaction, Received message) {
    session.countMessage();
    DataReader.Flaw flaw = message.flaw();
    if (flaw != null) {
      reply(session, Result.MALFORMED, SubmissionReplies.flawed(flaw));
      return;
    }
    switch (message.state()) {
      case TOO_LARGE ->
          reply(
              session,
              Result.TOO_LARGE,
              SubmissionReplies.tooLarge(session.settings().limits().messageSize()));
      case FAILED -> reply(session, Result.STORAGE, SubmissionReplies.NO_SPACE);
      case KEPT -> submit(session, transaction, message.spool(), message.eightBit());
    }
  }

  private static void submit(
      Conversation session, Transaction transaction, BodySpool spool, boolean eightBit) {
    Surroundings surroundings = session.surroundings();
    UUID id = surroundings.ids().next();
    SubmittedBody body = spool.body();
    try {
      Submission submission =
          new Submission(
              id,
              surroundings.clock().instant(),
              spool.head(),
              body,
              transaction.envelopeFrom(),
              List.copyOf(transaction.recipients().keySet()),
              notifications(transaction),
              session.credential().map(Conversation.Credential::key).orElse(null),
              session.clientFacts(),
              new Submission.Form(
                  eightBit,
                  transaction.parameters().smtpUtf8(),
                  transaction.parameters().requireTls()));
      switch (session.intake().judge().apply(submission)) {
        case Verdict.Refused refused ->
            reply(session, resultOf(refused.cause()), SubmissionReplies.refused(refused));
        case Verdict.Admitted(Acceptance acceptance) -> accept(session, transaction, acceptance);
      }
    } catch (StorageException | IOException failure) {
      LOG.error("{} was not accepted", id, failure);
      reply(session, Result.STORAGE, SubmissionReplies.NOT_STORED);
    } catch (RuntimeException fault) {
      LOG.error("{} was not accepted: our fault", id, fault);
      reply(session, Result.FAULT, SubmissionReplies.OUR_FAULT);
    }
  }

  /// Only of recipients of whom something was said.
  private static Map<EmailAddress, DsnParameters> notifications(Transaction transaction) {
    Map<EmailAddress, DsnParameters> said = new HashMap<>();
    transaction
        .recipients()
        .forEach((recipient, dsn) -> {
          if (!dsn.equals(DsnParameters.NONE)) {
            said.put(recipient, dsn);
          }
        });
    return said;
  }

  private static void accept(Conversation session, Transaction transaction, Acceptance acceptance) {
    Optional<String> unavailable = SubmissionReplies.unavailable(session.intake().health().get());
    if (unavailable.isPresent()) {
      reply(session, Result.STORAGE, unavailable.get());
      return;
    }
    UUID id = acceptance.facts().id();
    try {
      switch (session.intake().accept().apply(acceptance).get()) {
        case Receipt.Queued(UUID queued) when queued.equals(id) -> {
          transaction.share().ifPresent(KeyAllowance.Share::spend);
          reply(session, Result.ACCEPTED, SubmissionReplies.queued(id));
        }
        case Receipt.Queued(UUID earlier) ->
            reply(session, Result.REPEATED, SubmissionReplies.queued(earlier));
        case Receipt.KeyTaken() ->
            reply(session, Result.REFUSED_CONTENT, SubmissionReplies.KEY_TAKEN);
      }
    } catch (ExecutionException failure) {
      boolean storage = failure.getCause() instanceof StorageException;
      LOG.error("{} was not accepted", id, failure.getCause());
      reply(
          session,
          storage ? Result.STORAGE : Result.FAULT,
          storage ? SubmissionReplies.NOT_STORED : SubmissionReplies.OUR_FAULT);
    } catch (InterruptedException stopping) {
      // the flag stays cleared: it would close the socket before the reply is written
      session.meters().count(Result.ABORTED);
      session.end(SubmissionReplies.SHUTTING_DOWN);
    }
  }

  private static Result resultOf(Verdict.Cause cause) {
    return switch (cause) {
      case SENDER -> Result.REFUSED_SENDER;
      case CONTENT -> Result.REFUSED_CONTENT;
    };
  }

  private static void reply(Conversation session, Result result, String reply) {
    session.meters().count(result);
    session.reply(reply);
  }
}
