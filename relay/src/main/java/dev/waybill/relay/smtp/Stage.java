package dev.waybill.relay.smtp;

/// How far a conversation with a host had come.
public enum Stage {
  CONNECT("connecting"),
  BANNER("waiting for the greeting"),
  EHLO("EHLO"),
  STARTTLS("STARTTLS"),
  AUTH("AUTH"),
  MAIL("MAIL"),
  RCPT("RCPT"),
  DATA("DATA"),
  MESSAGE("sending the message"),
  /// The final dot was sent: whether the host took the message is unknown until its reply is here.
  END("waiting for the reply to the message");

  private final String words;

  Stage(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
