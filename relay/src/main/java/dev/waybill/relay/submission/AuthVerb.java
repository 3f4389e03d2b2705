package dev.waybill.relay.submission;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.access.KeyGuard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/// AUTH PLAIN (RFC 4616) and LOGIN, with an API key as the password and any user name (RFC 4954).
final class AuthVerb implements Verb {
  private static final String ASK = "334 ";
  private static final String ASK_USER = "334 VXNlcm5hbWU6";
  private static final String ASK_PASSWORD = "334 UGFzc3dvcmQ6";

  @Override
  public void execute(Conversation session, String argument) throws IOException {
    if (!session.wasGreeted()) {
      session.reply(SubmissionReplies.HELLO_FIRST);
    } else if (session.credential().isPresent()) {
      session.reply(SubmissionReplies.ALREADY_AUTHENTICATED);
    } else if (session.transaction().isPresent()) {
      session.reply(SubmissionReplies.ONE_AT_A_TIME);
    } else if (!session.mayAuthenticate()) {
      session.reply(SubmissionReplies.TLS_REQUIRED);
    } else {
      int blank = argument.indexOf(' ');
      String mechanism = blank < 0 ? argument : argument.substring(0, blank);
      Optional<String> initial =
          blank < 0 ? Optional.empty() : Optional.of(argument.substring(blank + 1).strip());
      switch (mechanism.toUpperCase(Locale.ROOT)) {
        case "PLAIN" -> plain(session, initial);
        case "LOGIN" -> login(session, initial);
        case "" -> session.reply(SubmissionReplies.AUTH_SYNTAX);
        default -> session.reply(SubmissionReplies.UNKNOWN_MECHANISM);
      }
    }
  }

  private static void plain(Conversation session, Optional<String> initial) throws IOException {
    Optional<String> response = initial.isPresent() ? initial : ask(session, ASK);
    Optional<String> message = response.flatMap(given -> decode(session, given));
    if (message.isEmpty()) {
      return;
    }
    String[] parts = message.get().split("\0", -1);
    if (parts.length != 3) {
      session.reply(SubmissionReplies.BAD_BASE64);
      return;
    }
    check(session, parts[2]);
  }

  private static void login(Conversation session, Optional<String> initial) throws IOException {
    Optional<String> user = initial.isPresent() ? initial : ask(session, ASK_USER);
    if (user.flatMap(given -> decode(session, given)).isEmpty()) {
      return;
    }
    Optional<String> password = ask(session, ASK_PASSWORD).flatMap(given -> decode(session, given));
    if (password.isPresent()) {
      check(session, password.get());
    }
  }

  /// @return empty when the client gave no answer; it has been told
  private static Optional<String> ask(Conversation session, String question) throws IOException {
    session.reply(question);
    return switch (session.readLine()) {
      case ClientInput.Text(String text) when text.equals("*") ->
          told(session, SubmissionReplies.AUTH_CANCELLED);
      case ClientInput.Text(String text) -> Optional.of(text);
      case ClientInput.TooLong() -> told(session, SubmissionReplies.AUTH_LINE_TOO_LONG);
      case ClientInput.NotText() -> told(session, SubmissionReplies.BAD_BASE64);
      case ClientInput.BareLineEnd() -> {
        session.end(SubmissionReplies.BARE_LINE_END);
        yield Optional.empty();
      }
      case ClientInput.Closed() -> {
        session.end();
        yield Optional.empty();
      }
    };
  }

  /// A lone equals sign is an empty response (RFC 4954 §4).
  private static Optional<String> decode(Conversation session, String base64) {
    try {
      byte[] octets = base64.equals("=") ? new byte[0] : Base64.getDecoder().decode(base64);
      return Optional.of(new String(octets, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException notBase64) {
      return told(session, SubmissionReplies.BAD_BASE64);
    }
  }

  private static void check(Conversation session, String token) throws IOException {
    switch (session.ask(token)) {
      case KeyGuard.Answer.Right(ApiKey _) -> session.reply(SubmissionReplies.AUTHENTICATED);
      case KeyGuard.Answer.Wrong() when !session.hasGuessedEnough() ->
          session.reply(SubmissionReplies.WRONG_KEY);
      case KeyGuard.Answer.Wrong(), KeyGuard.Answer.Later(var _) ->
          session.end(SubmissionReplies.TOO_MANY_FAILURES);
    }
  }

  private static Optional<String> told(Conversation session, String reply) {
    session.reply(reply);
    return Optional.empty();
  }
}
