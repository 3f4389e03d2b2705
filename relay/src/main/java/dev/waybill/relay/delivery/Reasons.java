package dev.waybill.relay.delivery;

import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.transport.TransportLevel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why host after host was of no use to one attempt. Confined to its thread.
final class Reasons {
  private static final int MAX_REASON = 500;

  private final Minutes minutes;
  private final List<String> texts = new ArrayList<>();
  private @Nullable TransportLevel insisting;
  private String insistence = "";
  private @Nullable String refusal;

  /// Whether the DNS did not answer for one of them.
  boolean unanswered;

  /// How many addresses were called on.
  int tried;

  /// Whether one was reached that does not offer REQUIRETLS.
  boolean lacking;

  /// Whether another attempt may hear something else.
  boolean unclear;

  Reasons(Minutes minutes) {
    this.minutes = minutes;
  }

  /// Something that may be otherwise the next time.
  void add(String text) {
    unclear = true;
    note(text);
  }

  /// A host is not as safe as it has to be, for now.
  void insecure(TransportLevel level, String text) {
    unclear = true;
    lasting(level, text);
  }

  /// A host is not as safe as it has to be, and would not be at the next attempt.
  void lasting(TransportLevel level, String text) {
    note(text);
    insisting = level;
    insistence = text;
  }

  /// A host that is up turned us away.
  void refused(String reply) {
    refusal = cut(reply);
  }

  HostConnector.Contact.None none() {
    return new HostConnector.Contact.None(
        cut(String.join("; ", texts)),
        tried == 0 && unanswered,
        insisting == null
            ? null
            : new AttemptOutcome.Security(insisting.text(), cut(insistence), null),
        refusal,
        finding());
  }

  /// RFC 8689 §4.2.1 names the codes.
  private @Nullable String finding() {
    if (unclear || texts.isEmpty()) {
      return null;
    }
    String status =
        lacking ? "550 5.7.30 REQUIRETLS support required: " : "550 5.7.10 REQUIRETLS: ";
    return cut(status + String.join("; ", texts));
  }

  private void note(String text) {
    texts.add(text);
    minutes.remark(text);
  }

  private static String cut(String reason) {
    return reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason;
  }
}
