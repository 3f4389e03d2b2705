package dev.waybill.relay.submission;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The verbs there are. Any thread may call it.
final class Verbs {
  private static final String AUTH = "AUTH";

  private static final Map<String, Verb> ALL =
      Map.ofEntries(
          Map.entry("EHLO", new HelloVerb(true)),
          Map.entry("HELO", new HelloVerb(false)),
          Map.entry("STARTTLS", new StartTlsVerb()),
          Map.entry(AUTH, new AuthVerb()),
          Map.entry("MAIL", new MailVerb()),
          Map.entry("RCPT", new RecipientVerb()),
          Map.entry("DATA", new DataVerb()),
          Map.entry("BDAT", new ChunkVerb()),
          Map.entry("NOOP", (session, _) -> session.reply(SubmissionReplies.OK)),
          Map.entry("HELP", (session, _) -> session.reply(SubmissionReplies.HELP)),
          Map.entry("VRFY", (session, _) -> session.reply(SubmissionReplies.CANNOT_VERIFY)),
          Map.entry("EXPN", (session, _) -> session.reply(SubmissionReplies.NOT_IMPLEMENTED)),
          Map.entry("RSET", Verbs::reset),
          Map.entry("QUIT", Verbs::quit));

  private Verbs() {}

  /// @return null when there is no such verb
  static @Nullable Verb named(String name) {
    return ALL.get(name.toUpperCase(Locale.ROOT));
  }

  /// Whether the line may be as long as an authentication response (RFC 4954 §4).
  static boolean mayBeLong(String line) {
    return line.regionMatches(true, 0, AUTH, 0, AUTH.length());
  }

  private static void reset(Conversation session, String argument) {
    if (!argument.isEmpty()) {
      session.reply(SubmissionReplies.NO_ARGUMENT);
      return;
    }
    session.endTransaction();
    session.reply(SubmissionReplies.OK);
  }

  private static void quit(Conversation session, String argument) {
    if (!argument.isEmpty()) {
      session.reply(SubmissionReplies.NO_ARGUMENT);
      return;
    }
    session.end(SubmissionReplies.BYE);
  }
}
