package dev.waybill.relay.submission;

import dev.waybill.relay.admission.Submission;
import dev.waybill.relay.admission.Verdict;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.SubmittedBody;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.submission.SubmissionMeters.Result;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// DATA (RFC 5321 §4.1.1.4): reads the message, has it judged, hands it over, and says 250 only
/// when it is on stable storage.
final class DataVerb implements Verb {
  private static final Logger LOG = LoggerFactory.getLogger(DataVerb.class);

  @Override
  public void execute(Conversation session, String argument) throws IOException {
    Optional<Transaction> transaction = session.transaction();
    if (!argument.isEmpty()) {
      session.reply(SubmissionReplies.NO_ARGUMENT);
    } else if (transaction.isEmpty()) {
      session.reply(SubmissionReplies.MAIL_FIRST);
    } else if (transaction.get().recipients().isEmpty()) {
      session.reply(SubmissionReplies.RECIPIENT_FIRST);
    } else {
      session.reply(SubmissionReplies.SEND_MESSAGE);
      receive(session, transaction.get());
      session.endTransaction();
    }
  }

  private static void receive(Conversation session, Transaction transaction) throws IOException {
    long limit = session.settings().limits().messageSize();
    BodySpool spool =
        new BodySpool(session.settings().spool(), limit, transaction.parameters().size());
    DataReader reader = session.dataReader(spool);
    session.messageInProgress(true);
    try {
      switch (read(session, reader)) {
        case COMPLETE -> complete(session, transaction, spool, reader);
        case CUT -> {
          session.meters().count(Result.ABORTED);
          session.end();
        }
        case FLOODED -> {
          session.meters().count(Result.TOO_LARGE);
          session.endWhileReceiving(SubmissionReplies.tooLarge(limit));
        }
      }
    } finally {
      session.messageInProgress(false);
      spool.discard();
    }
  }

  private static DataReader.End read(Conversation session, DataReader reader) throws IOException {
    try {
      return reader.read(session.dataDeadline());
    } catch (IOException goneOrTooSlow) {
      session.meters().count(Result.ABORTED);
      throw goneOrTooSlow;
    }
  }

  private static void complete(
      Conversation session, Transaction transaction, BodySpool spool, DataReader reader) {
    BodySpool.State state = spool.finish();
    DataReader.Flaw flaw = reader.flaw();
    if (flaw != null) {
      reply(session, Result.MALFORMED, SubmissionReplies.flawed(flaw));
      return;
    }
    switch (state) {
      case TOO_LARGE ->
          reply(
              session,
              Result.TOO_LARGE,
              SubmissionReplies.tooLarge(session.settings().limits().messageSize()));
      case FAILED -> reply(session, Result.STORAGE, SubmissionReplies.NO_SPACE);
      case KEPT -> submit(session, transaction, spool, reader.eightBit());
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
              List.copyOf(transaction.recipients()),
              session.credential().map(Conversation.Credential::key).orElse(null),
              session.clientFacts(),
              new Submission.Form(eightBit, transaction.parameters().smtpUtf8()));
      switch (session.intake().judge().apply(submission)) {
        case Verdict.Refused refused ->
            reply(session, resultOf(refused.cause()), SubmissionReplies.refused(refused));
        case Verdict.Admitted(Acceptance acceptance) -> accept(session, acceptance);
      }
    } catch (StorageException failure) {
      LOG.error("{} was not accepted", id, failure);
      reply(session, Result.STORAGE, SubmissionReplies.NOT_STORED);
    } catch (RuntimeException fault) {
      LOG.error("{} was not accepted: our fault", id, fault);
      reply(session, Result.FAULT, SubmissionReplies.OUR_FAULT);
    }
  }

  private static void accept(Conversation session, Acceptance acceptance) {
    Optional<String> unavailable = SubmissionReplies.unavailable(session.intake().health().get());
    if (unavailable.isPresent()) {
      reply(session, Result.STORAGE, unavailable.get());
      return;
    }
    UUID id = acceptance.facts().id();
    try {
      session.intake().accept().apply(acceptance).get();
      reply(session, Result.ACCEPTED, SubmissionReplies.queued(id));
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
