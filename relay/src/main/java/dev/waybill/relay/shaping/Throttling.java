package dev.waybill.relay.shaping;

import dev.waybill.relay.report.BounceClass;
import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.smtp.Reply;
import java.util.Locale;
import java.util.Set;

/// Tells replies that speak of our pace from those that speak of a message. Immutable; any thread
/// may use it.
public final class Throttling {
  /// The system is not accepting messages (RFC 3463 §3.4); and what Exchange Online says of our
  /// rate, whatever its words.
  private static final Set<String> SAID_BY_STATUS =
      Set.of("4.3.2", "4.7.500", "4.7.650", "4.7.651", "4.7.652");

  private final BounceJudge judge;

  public Throttling(BounceJudge judge) {
    this.judge = judge;
  }

  /// Whether the host finds that it gets too much from us.
  ///
  /// Greylisting says nothing of the kind, it asks each recipient's mail to come again; and a
  /// status about the mailbox (RFC 3463 §3.3) is about what that one gets.
  public boolean isComplaint(Reply reply) {
    return isAbout(reply, Set.of(BounceClass.THROTTLED));
  }

  /// Whether the host finds that its whole provider gets too much from us, or that we have a bad
  /// name there. A status about the host itself (RFC 3463 §3.4) says nothing about its neighbours.
  public boolean isAboutSender(Reply reply) {
    return isAbout(reply, Set.of(BounceClass.THROTTLED, BounceClass.REPUTATION))
        && !status(reply).startsWith("4.3.");
  }

  private boolean isAbout(Reply reply, Set<BounceClass> causes) {
    if (!reply.isTemporary()) {
      return false;
    }
    String status = status(reply);
    if (SAID_BY_STATUS.contains(status)) {
      return true;
    }
    String text = reply.text();
    String lower = text.toLowerCase(Locale.ROOT);
    return causes.contains(judge.judge(text).cause())
        && !status.startsWith("4.2.")
        && !lower.contains("greylist")
        && !lower.contains("graylist");
  }

  private static String status(Reply reply) {
    return reply.status().map(Object::toString).orElse("");
  }
}
