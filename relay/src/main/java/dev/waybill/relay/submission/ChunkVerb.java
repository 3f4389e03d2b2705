package dev.waybill.relay.submission;

import dev.waybill.relay.submission.SubmissionMeters.Result;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// BDAT (RFC 3030 §2): takes one chunk of a message, and the message with the last one.
///
/// The octets of a chunk come whether it is welcome or not, so they are read in any case.
final class ChunkVerb implements Verb {
  private static final Pattern ARGUMENT =
      Pattern.compile("([0-9]{1,18})( LAST)?", Pattern.CASE_INSENSITIVE);

  @Override
  public void execute(Conversation session, String argument) throws IOException {
    Matcher parts = ARGUMENT.matcher(argument);
    long limit = session.settings().limits().messageSize();
    if (!parts.matches()) {
      // how many octets follow is not known
      session.endWhileReceiving(SubmissionReplies.CHUNK_SYNTAX);
      return;
    }
    long octets = Long.parseLong(parts.group(1));
    boolean last = parts.group(2) != null;
    if (octets > 2 * limit) {
      session.meters().count(Result.TOO_LARGE);
      session.endWhileReceiving(SubmissionReplies.tooLarge(limit));
      return;
    }
    Optional<String> refusal = refusal(session.transaction());
    session.messageInProgress(true);
    try {
      if (refusal.isPresent()) {
        skip(session, octets, refusal.get());
      } else {
        take(session, session.transaction().orElseThrow(), octets, last);
      }
    } catch (IOException goneOrTooSlow) {
      session.meters().count(Result.ABORTED);
      throw goneOrTooSlow;
    } finally {
      session.messageInProgress(false);
    }
  }

  private static Optional<String> refusal(Optional<Transaction> transaction) {
    if (transaction.isEmpty()) {
      return Optional.of(SubmissionReplies.MAIL_FIRST);
    }
    if (transaction.get().recipients().isEmpty()) {
      return Optional.of(SubmissionReplies.RECIPIENT_FIRST);
    }
    return transaction
        .get()
        .chunks()
        .filter(Chunks::hasFailed)
        .map(_ -> SubmissionReplies.CHUNK_FAILED);
  }

  private static void skip(Conversation session, long octets, String refusal) throws IOException {
    if (Chunks.skip(session.input(), octets, session.dataDeadline())) {
      session.reply(refusal);
    } else {
      session.end();
    }
  }

  private static void take(Conversation session, Transaction transaction, long octets, boolean last)
      throws IOException {
    Chunks chunks = transaction.chunks().orElseGet(() -> begin(session, transaction));
    if (!chunks.receive(session.input(), octets)) {
      session.meters().count(Result.ABORTED);
      session.end();
    } else if (last) {
      Reception.complete(
          session,
          transaction,
          new Reception.Received(
              chunks.spool(), chunks.finish(), chunks.flaw(), chunks.eightBit()));
      session.endTransaction();
    } else {
      switch (chunks.spool().state()) {
        case KEPT -> session.reply(SubmissionReplies.chunk(octets));
        case TOO_LARGE -> {
          session.meters().count(Result.TOO_LARGE);
          session.reply(SubmissionReplies.tooLarge(session.settings().limits().messageSize()));
          chunks.fail();
        }
        case FAILED -> {
          session.meters().count(Result.STORAGE);
          session.reply(SubmissionReplies.NO_SPACE);
          chunks.fail();
        }
      }
    }
  }

  private static Chunks begin(Conversation session, Transaction transaction) {
    Chunks chunks = new Chunks(session.newSpool(transaction), session.dataDeadline());
    transaction.begin(chunks);
    return chunks;
  }
}
