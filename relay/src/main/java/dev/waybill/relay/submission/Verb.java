package dev.waybill.relay.submission;

import java.io.IOException;

/// One SMTP command. Shared by all sessions, so it keeps nothing: what a session knows is in its
/// [Conversation].
@FunctionalInterface
interface Verb {
  /// Does what the client asked for and replies.
  ///
  /// @param argument what stood behind the verb, without blanks around it
  /// @throws IOException when the client is gone or too slow
  void execute(Conversation session, String argument) throws IOException;
}
