package dev.waybill.relay.message;

/// Ends the reading of an originator field; never leaves this package and has no stack trace.
final class UnreadableMailbox extends Exception {
  private final String why;

  UnreadableMailbox(String why) {
    super(why, null, false, false);
    this.why = why;
  }

  /// What was found and what was expected, as half a sentence.
  String why() {
    return why;
  }
}
