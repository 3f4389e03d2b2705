package dev.waybill.relay.smtp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;

/// Proves to a host who we are (RFC 4954), by PLAIN where it is offered, else by LOGIN, which some
/// hosts still have alone. Confined to the session's thread.
///
/// What is said here is a secret: what the host says back is stripped of it, and so is what a
/// [Dialogue] writes down.
final class Authentication {
  private static final String PLAIN = "PLAIN";
  private static final String LOGIN = "LOGIN";
  private static final String HIDDEN = "…";

  private final Wire wire;
  private final Credentials credentials;
  private final Duration limit;

  Authentication(Wire wire, Credentials credentials, Duration limit) {
    this.wire = wire;
    this.credentials = credentials;
    this.limit = limit;
  }

  /// @param offered the mechanisms of the host's AUTH keyword
  /// @throws IOException when it is refused, or nothing may be said; its text names the cause
  void run(Set<String> offered) throws IOException {
    if (wire.tls().isEmpty() && !credentials.inClear()) {
      throw new IOException("there is no TLS, and the password is not said in clear");
    }
    Reply reply;
    if (offered.contains(PLAIN)) {
      reply =
          ask("AUTH PLAIN " + encoded("\0" + credentials.user() + "\0" + credentials.password()));
    } else if (offered.contains(LOGIN)) {
      reply = login();
    } else {
      throw new IOException(
          "the host offers %s (expected: PLAIN or LOGIN)"
              .formatted(offered.isEmpty() ? "no AUTH" : "AUTH " + String.join(" ", offered)));
    }
    if (reply.code() != 235) {
      throw new IOException(withoutSecret(reply.text()));
    }
  }

  private Reply login() throws IOException {
    Reply reply = ask("AUTH LOGIN");
    if (reply.code() == 334) {
      reply = ask(encoded(credentials.user()));
    }
    return reply.code() == 334 ? ask(encoded(credentials.password())) : reply;
  }

  private Reply ask(String line) throws IOException {
    wire.say(ClientSession.line(line), limit);
    return wire.readReply(limit);
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Some hosts repeat what they did not understand.
  private String withoutSecret(String text) {
    String plain = encoded("\0" + credentials.user() + "\0" + credentials.password());
    return text.replace(plain, HIDDEN)
        .replace(encoded(credentials.password()), HIDDEN)
        .replace(credentials.password(), HIDDEN);
  }
}
