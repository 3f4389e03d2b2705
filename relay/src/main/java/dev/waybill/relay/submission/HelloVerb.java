package dev.waybill.relay.submission;

/// EHLO and HELO (RFC 5321 §4.1.1.1): begins a session and says what is offered in it now.
final class HelloVerb implements Verb {
  private static final int MAX_NAME = 255;

  private final boolean extended;

  HelloVerb(boolean extended) {
    this.extended = extended;
  }

  @Override
  public void execute(Conversation session, String argument) {
    if (argument.isEmpty() || argument.length() > MAX_NAME || argument.indexOf(' ') >= 0) {
      session.reply(SubmissionReplies.HELLO_SYNTAX);
      return;
    }
    session.greeted(argument, extended);
    String name = session.settings().hostname().value();
    if (!extended) {
      session.reply("250 " + name);
      return;
    }
    session.reply("250-" + name);
    session.reply("250-PIPELINING");
    session.reply("250-SIZE " + session.settings().limits().messageSize());
    session.reply("250-8BITMIME");
    session.reply("250-SMTPUTF8");
    session.reply("250-CHUNKING");
    session.reply("250-DSN");
    if (session.secure()) {
      session.reply("250-REQUIRETLS");
    } else {
      session.reply("250-STARTTLS");
    }
    if (session.mayAuthenticate()) {
      session.reply("250-AUTH PLAIN LOGIN");
    }
    session.reply("250 ENHANCEDSTATUSCODES");
  }
}
