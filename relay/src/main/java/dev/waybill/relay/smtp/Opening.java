package dev.waybill.relay.smtp;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How an attempt to open a session ended.
public sealed interface Opening {
  /// A session that stands behind EHLO; whoever opened it closes it.
  record Ready(ClientSession session) implements Opening {}

  /// No session; nothing of any message was said.
  ///
  /// @param reason for the log and the delivery's history
  /// @param inTls whether TLS was what failed, so that a try in clear may succeed
  record Failed(Stage stage, String reason, boolean inTls) implements Opening {
    private static final Pattern TEMPORARY = Pattern.compile(": (4[0-9][0-9]\\b.*)");

    /// The reply by which a host that is up asks us to come again, before any mail was spoken of;
    /// empty when that is not why.
    public Optional<String> refusal() {
      if (stage != Stage.BANNER && stage != Stage.EHLO) {
        return Optional.empty();
      }
      Matcher reply = TEMPORARY.matcher(reason);
      return reply.find() && reply.start() == stage.toString().length()
          ? Optional.of(reply.group(1))
          : Optional.empty();
    }
  }
}
