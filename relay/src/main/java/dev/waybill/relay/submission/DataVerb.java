package dev.waybill.relay.submission;

import dev.waybill.relay.submission.SubmissionMeters.Result;
import java.io.IOException;
import java.util.Optional;

/// DATA (RFC 5321 §4.1.1.4): reads the message up to the line of one dot.
final class DataVerb implements Verb {
  @Override
  public void execute(Conversation session, String argument) throws IOException {
    Optional<Transaction> transaction = session.transaction();
    if (!argument.isEmpty()) {
      session.reply(SubmissionReplies.NO_ARGUMENT);
    } else if (transaction.isEmpty()) {
      session.reply(SubmissionReplies.MAIL_FIRST);
    } else if (transaction.get().chunks().isPresent()) {
      session.reply(SubmissionReplies.NOT_MIXED);
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
    BodySpool spool = session.newSpool(transaction);
    DataReader reader = session.dataReader(spool);
    session.messageInProgress(true);
    try {
      switch (read(session, reader)) {
        case COMPLETE ->
            Reception.complete(
                session,
                transaction,
                new Reception.Received(spool, spool.finish(), reader.flaw(), reader.eightBit()));
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
}
