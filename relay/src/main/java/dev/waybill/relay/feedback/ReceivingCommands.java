package dev.waybill.relay.feedback;

import dev.waybill.relay.feedback.Receiver.Answer;
import dev.waybill.relay.feedback.ReceivingDoor.Transaction;
import java.io.IOException;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.subethamail.smtp.DropConnectionException;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.internal.server.BaseCommand;
import org.subethamail.smtp.internal.server.CommandHandler;
import org.subethamail.smtp.server.Session;

/// The commands that stand in for the library's own.
///
/// As shipped, a size limit is checked only where SIZE is the last parameter and not over the data;
/// a refusal before the data was read runs the data as commands; a BDAT cut by a disconnect counts
/// as a whole message; and CHUNKING cannot be switched off.
final class ReceivingCommands {
  private ReceivingCommands() {}

  static void install(
      CommandHandler commands, int maxMessageSize, int maxRecipients, LongSupplier nanos) {
    commands.addCommand(new Ehlo());
    commands.addCommand(new Mail(maxMessageSize));
    commands.addCommand(new Rcpt(maxRecipients));
    commands.addCommand(new Data(new DataReader(maxMessageSize, nanos)));
    commands.addCommand(new Bdat());
  }

  /// RFC 5321 §4.1.1.1 with the extensions that are really there.
  private static final class Ehlo extends BaseCommand {
    Ehlo() {
      super("EHLO", "Introduce yourself.", "<hostname>");
    }

    @Override
    public void execute(String line, Session session) throws IOException {
      String[] words = getArgs(line);
      if (words.length < 2) {
        session.sendResponse("501 5.5.4 EHLO needs the client's name");
        return;
      }
      session.resetMailTransaction();
      session.setHelo(words[1]);
      var server = session.getServer();
      StringBuilder reply = new StringBuilder("250-").append(server.getHostName());
      if (server.getEnableTLS() && !session.isTLSStarted()) {
        reply.append("\r\n250-STARTTLS");
      }
      reply
          .append("\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE ")
          .append(server.getMaxMessageSize());
      session.sendResponse(reply.toString());
    }
  }

  /// RFC 5321 §4.1.1.2 with SIZE (RFC 1870), BODY (RFC 6152) and SMTPUTF8 (RFC 6531).
  private static final class Mail extends BaseCommand {
    private static final Pattern SYNTAX =
        Pattern.compile("(?i:MAIL FROM:) ?<([^<>\\s]{0,320})>((?: [^ ]+)*) *");

    private final int maxMessageSize;

    Mail(int maxMessageSize) {
      super("MAIL", "Specifies the sender.", "FROM:<sender> [ <parameters> ]");
      this.maxMessageSize = maxMessageSize;
    }

    @Override
    public void execute(String line, Session session) throws IOException {
      Matcher matcher = SYNTAX.matcher(line);
      if (session.isMailTransactionInProgress()) {
        session.sendResponse("503 5.5.1 Sender already specified");
      } else if (!matcher.matches()) {
        session.sendResponse("501 5.1.7 Syntax: MAIL FROM:<address>");
      } else {
        begin(matcher, session);
      }
    }

    private void begin(Matcher command, Session session) throws IOException {
      String parameters = command.group(2);
      for (String parameter : parameters == null ? new String[0] : parameters.strip().split(" +")) {
        String known = parameter.toUpperCase(Locale.ROOT);
        if (known.startsWith("SIZE=")) {
          if (!known.matches("SIZE=\\d{1,20}")) {
            session.sendResponse("501 5.5.4 SIZE is not a number");
            return;
          }
          if (known.length() > 15 || Long.parseLong(known.substring(5)) > maxMessageSize) {
            session.sendResponse("552 5.3.4 The message is larger than " + maxMessageSize);
            return;
          }
        } else if (!known.isEmpty()
            && !known.equals("SMTPUTF8")
            && !known.equals("BODY=7BIT")
            && !known.equals("BODY=8BITMIME")) {
          session.sendResponse("555 5.5.4 Unknown parameter");
          return;
        }
      }
      session.startMailTransaction();
      try {
        session.getMessageHandler().from(command.group(1));
        session.sendResponse("250 2.1.0 Ok");
      } catch (RejectException refused) {
        session.resetMailTransaction();
        session.sendResponse(refused.getErrorResponse());
      }
    }
  }

  /// RFC 5321 §4.1.1.3.
  private static final class Rcpt extends BaseCommand {
    private static final Pattern SYNTAX =
        Pattern.compile("(?i:RCPT TO:) ?<([^<>\\s]{1,320})>(?: [^ ]+)* *");

    private final int maxRecipients;

    Rcpt(int maxRecipients) {
      super("RCPT", "Specifies a recipient.", "TO:<recipient>");
      this.maxRecipients = maxRecipients;
    }

    @Override
    public void execute(String line, Session session) throws IOException {
      Matcher matcher = SYNTAX.matcher(line);
      if (!session.isMailTransactionInProgress()) {
        session.sendResponse("503 5.5.1 Send MAIL first");
      } else if (session.getRecipientCount() >= maxRecipients) {
        session.sendResponse("452 4.5.3 At most %d recipients".formatted(maxRecipients));
      } else if (!matcher.matches()) {
        session.sendResponse("501 5.1.3 Syntax: RCPT TO:<address>");
      } else {
        String address = matcher.group(1);
        try {
          session.getMessageHandler().recipient(address);
          session.addRecipient(address);
          session.sendResponse("250 2.1.5 Ok");
        } catch (RejectException refused) {
          session.sendResponse(refused.getErrorResponse());
        }
      }
    }
  }

  /// RFC 5321 §4.1.1.4: the data is read to its end before anything is decided about it.
  private static final class Data extends BaseCommand {
    private final DataReader reader;

    Data(DataReader reader) {
      super("DATA", "Following text is the message, ended by <CR><LF>.<CR><LF>");
      this.reader = reader;
    }

    @Override
    public void execute(String line, Session session) throws IOException, DropConnectionException {
      if (!session.isMailTransactionInProgress()) {
        session.sendResponse("503 5.5.1 Send MAIL first");
        return;
      }
      if (session.getRecipientCount() == 0) {
        session.sendResponse("554 5.5.1 No valid recipients");
        return;
      }
      session.sendResponse("354 End data with <CR><LF>.<CR><LF>");
      Answer answer =
          switch (reader.read(session.getRawInput())) {
            case DataReader.Whole whole ->
                ((Transaction) session.getMessageHandler()).message(whole.content());
            case DataReader.TooLarge _ -> new Answer(552, "5.3.4 The message is too large");
            case DataReader.Endless _ ->
                throw new DropConnectionException(552, "5.3.4 The message is far too large");
            case DataReader.TooSlow _ ->
                throw new DropConnectionException(421, "4.4.2 The data took too long");
          };
      session.sendResponse(answer.code() + " " + answer.text());
      session.resetMailTransaction();
    }
  }

  /// Not offered (RFC 3030); who sends it all the same has octets in flight that are no commands.
  private static final class Bdat extends BaseCommand {
    Bdat() {
      super("BDAT", "Not implemented.");
    }

    @Override
    public void execute(String line, Session session) throws DropConnectionException {
      throw new DropConnectionException(502, "5.5.1 BDAT is not implemented");
    }
  }
}
