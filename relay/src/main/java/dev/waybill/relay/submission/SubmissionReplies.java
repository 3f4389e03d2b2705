package dev.waybill.relay.submission;

import dev.waybill.relay.access.KeyAllowance;
import dev.waybill.relay.admission.Verdict;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.queue.HealthGate;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/// Every text that a client is shown, with its codes (RFC 5321 §4.2, RFC 3463), but for the reasons
/// why a message may not be sent: those stand together in room `admission`. Stateless.
///
/// Whatever a text quotes is made printable ASCII and cut, so that a reply stays one line of at
/// most 512 octets.
final class SubmissionReplies {
  private static final int MAX_TEXT = 480;

  static final String OK = "250 2.0.0 OK";
  static final String SENDER_OK = "250 2.1.0 Sender OK";
  static final String RECIPIENT_OK = "250 2.1.5 Recipient OK";
  static final String SEND_MESSAGE = "354 End the message with a line of one dot";
  static final String BYE = "221 2.0.0 Bye";
  static final String HELP =
      "214 2.0.0 EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, BDAT, RSET, NOOP, QUIT";
  static final String CANNOT_VERIFY =
      "252 2.5.0 Cannot verify; send mail to it and see what happens";
  static final String START_TLS = "220 2.0.0 Start the TLS handshake";
  static final String AUTHENTICATED = "235 2.7.0 Authenticated";

  static final String SHUTTING_DOWN = "421 4.3.2 The relay is shutting down, try again later";
  static final String TOO_MANY_CONNECTIONS = "421 4.3.2 Too many connections, try again later";
  static final String TOO_LONG_A_SESSION =
      "421 4.4.2 The session has lasted long enough, open another";
  static final String TOO_SLOW = "421 4.4.2 Waited too long for the client";
  static final String TOO_MANY_FAILURES =
      "421 4.7.0 Too many failed authentications from this address, try again later";
  static final String TOO_MANY_MESSAGES =
      "421 4.7.0 The connection has carried its messages, open another";
  static final String TOO_MANY_ERRORS = "421 4.7.0 Too many errors";
  static final String OUR_FAULT_CLOSING = "421 4.3.0 Our fault, not yours; try again later";

  static final String OUR_FAULT = "451 4.3.0 Our fault, not yours; try again later";
  static final String NOT_STORED = "451 4.3.0 The message could not be stored, try again later";
  static final String NO_SPACE = "452 4.3.1 No space for the message now, try again later";

  static final String UNKNOWN_COMMAND = "500 5.5.1 Unknown command";
  static final String LINE_TOO_LONG = "500 5.5.2 The line is too long";
  static final String BARE_LINE_END = "500 5.5.2 A line must end with CR LF";
  static final String NOT_TEXT =
      "500 5.5.2 A command must be UTF-8 text without control characters";
  static final String AUTH_LINE_TOO_LONG = "500 5.5.6 The authentication response is too long";
  static final String NO_ARGUMENT = "501 5.5.4 The command takes no argument";
  static final String HELLO_SYNTAX = "501 5.5.4 Expected: EHLO and the client's name";
  static final String MAIL_SYNTAX = "501 5.5.4 Expected: MAIL FROM:<address>";
  static final String RECIPIENT_SYNTAX = "501 5.5.4 Expected: RCPT TO:<address>";
  static final String CHUNK_SYNTAX = "501 5.5.4 Expected: BDAT octets, and LAST with the last";
  static final String BAD_BASE64 =
      "501 5.5.2 The response is not valid base64 of the expected form";
  static final String AUTH_CANCELLED = "501 5.7.0 Authentication cancelled";
  static final String AUTH_SYNTAX = "501 5.5.4 Expected: AUTH PLAIN or AUTH LOGIN";
  static final String NOT_IMPLEMENTED = "502 5.5.1 Not implemented";
  static final String HELLO_FIRST = "503 5.5.1 Say EHLO first";
  static final String MAIL_FIRST = "503 5.5.1 Say MAIL FROM first";
  static final String RECIPIENT_FIRST = "503 5.5.1 No valid recipient yet";
  static final String NOT_MIXED =
      "503 5.5.1 The message has begun with BDAT, end it with BDAT LAST";
  static final String CHUNK_FAILED = "503 5.5.1 An earlier part of the message failed, say RSET";
  static final String ONE_AT_A_TIME = "503 5.5.1 A mail transaction is in progress";
  static final String ALREADY_AUTHENTICATED = "503 5.5.1 Already authenticated";
  static final String ALREADY_SECURE = "503 5.5.1 TLS is active already";
  static final String INJECTED = "503 5.5.1 Nothing may be sent between STARTTLS and its reply";
  static final String UNKNOWN_MECHANISM = "504 5.5.4 Expected: AUTH PLAIN or AUTH LOGIN";
  static final String AUTH_REQUIRED =
      "530 5.7.0 Authentication required: an API key as password, any user name";
  static final String REQUIRETLS_IN_CLEAR =
      "530 5.7.10 REQUIRETLS is offered under TLS only: say STARTTLS first";
  static final String KEY_TAKEN =
      "550 5.7.1 The idempotency key stands for another message of the last 24 hours";
  static final String WRONG_KEY = "535 5.7.8 No such API key";
  static final String TLS_REQUIRED = "538 5.7.11 Encryption required: say STARTTLS first";

  private SubmissionReplies() {}

  static String greeting(DomainName hostname) {
    return "220 " + hostname + " ESMTP Waybill";
  }

  static String queued(UUID id) {
    return "250 2.0.0 Queued as " + id;
  }

  static String chunk(long octets) {
    return "250 2.0.0 %d octets received".formatted(octets);
  }

  static String tooLarge(long limit) {
    return "552 5.3.4 The message is too large (expected: at most %d octets)".formatted(limit);
  }

  static String tooManyRecipients(int limit) {
    return "452 4.5.3 Too many recipients (expected: at most %d)".formatted(limit);
  }

  /// What to say when the key may not send to one more now; empty when it may.
  static Optional<String> denied(KeyAllowance.Answer answer) {
    return switch (answer) {
      case KeyAllowance.Answer.Granted() -> Optional.empty();
      case KeyAllowance.Answer.Later(Duration pause) ->
          Optional.of(
              "450 4.7.1 The API key has used up its recipients of a minute, try again in %d s"
                  .formatted(Math.ceilDiv(pause.toMillis(), 1_000)));
      case KeyAllowance.Answer.UsedUp() ->
          Optional.of(
              "450 4.7.1 The API key has used up its recipients of this day (UTC), try again"
                  + " tomorrow");
    };
  }

  static String badRecipient(String path) {
    return clean("501 5.1.3 <%s> (expected: <name@example.com>)".formatted(path));
  }

  static String badSender(String path) {
    return clean("501 5.1.7 <%s> (expected: <name@example.com> or <>)".formatted(path));
  }

  static String needsSmtpUtf8(String path) {
    return clean("553 5.6.7 <%s> (expected: ASCII unless MAIL says SMTPUTF8)".formatted(path));
  }

  static String badParameter(String parameter, String expected) {
    return clean("501 5.5.4 %s (expected: %s)".formatted(parameter, expected));
  }

  static String unknownParameter(String parameter) {
    return clean("555 5.5.4 %s is not a parameter that was offered".formatted(parameter));
  }

  static String flawed(DataReader.Flaw flaw) {
    return "550 5.5.2 The message has "
        + switch (flaw) {
          case BARE_CR -> "a CR without LF";
          case BARE_LF -> "an LF without CR";
          case NUL -> "a NUL octet";
        }
        + " (expected: lines that end with CR LF)";
  }

  static String refused(Verdict.Refused refused) {
    return clean(refused.code() + " " + refused.enhanced() + " " + refused.text());
  }

  /// What to say instead of taking new mail; empty when it is welcome.
  static Optional<String> unavailable(HealthGate.State state) {
    return switch (state) {
      case HealthGate.State.Open() -> Optional.empty();
      case HealthGate.State.Congested(String _) ->
          Optional.of("452 4.3.1 The relay is too busy or nearly full, try again later");
      case HealthGate.State.Broken(String _) ->
          Optional.of("451 4.3.0 The relay's storage does not work now, try again later");
    };
  }

  private static String clean(String line) {
    StringBuilder cleaned = new StringBuilder(Math.min(line.length(), MAX_TEXT));
    for (int i = 0; i < line.length() && i < MAX_TEXT; i++) {
      char c = line.charAt(i);
      cleaned.append(c >= ' ' && c <= '~' ? c : '?');
    }
    return cleaned.toString();
  }
}
