package dev.waybill.relay.bouncereport;

import dev.waybill.relay.events.Event;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.smtp.EnhancedStatus;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Why a copy did not arrive, as the journal tells it. A value; any thread may use it.
///
/// What hosts said is text of strangers: here it is one line of at most 500 characters without
/// control characters.
///
/// @param status such as `5.1.1` (RFC 3463)
/// @param host who said so; null where no host did
/// @param words what was said, or what stood in the way; possibly empty
/// @param at when it was known
record Nondelivery(How how, String status, @Nullable String host, String words, Instant at) {
  /// How it ended.
  enum How {
    REFUSED,
    EXPIRED,
    LATE
  }

  private static final int MOST_WORDS = 500;

  /// The lifetime is over (RFC 3463 §3.5).
  private static final String TOO_LATE = "4.4.7";

  /// No host was safe enough (RFC 8689 §4.2.1).
  private static final String UNSAFE = "5.7.10";

  private static final String UNKNOWN = "5.0.0";
  private static final Pattern FAILURE = Pattern.compile("[45]\\.\\d{1,3}\\.\\d{1,3}");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.-]{1,253}");

  /// @param bounced an `email.bounced`
  /// @param wish how the message was to travel
  static Nondelivery of(Event bounced, TlsWish wish) {
    Map<String, String> facts = bounced.facts();
    if ("true".equals(facts.get("late"))) {
      String status = facts.getOrDefault("status", "");
      return new Nondelivery(
          How.LATE,
          FAILURE.matcher(status).matches() ? status : UNKNOWN,
          host(facts.get("reporter")),
          line(facts.getOrDefault("diagnostic", ""), MOST_WORDS),
          bounced.at());
    }
    String reply = line(facts.getOrDefault("reply", ""), MOST_WORDS);
    boolean expired = "expired".equals(facts.get("reason"));
    String status =
        EnhancedStatus.inReply(reply)
            .filter(said -> said.kind() == 5)
            .map(EnhancedStatus::toString)
            .orElse(UNKNOWN);
    return new Nondelivery(
        expired ? How.EXPIRED : How.REFUSED,
        expired ? late(facts, wish) : status,
        host(facts.get("mx")),
        reply,
        bounced.at());
  }

  private static String late(Map<String, String> facts, TlsWish wish) {
    boolean unsafe = facts.containsKey("tls_policy") && !facts.containsKey("mx");
    return wish == TlsWish.REQUIRED && unsafe ? UNSAFE : TOO_LATE;
  }

  /// Text of somebody else in one line.
  static String line(String text, int most) {
    String visible = text.replaceAll("[\\p{Cntrl}\\s\\u2028\\u2029]+", " ").strip();
    return visible.length() <= most ? visible : visible.substring(0, most - 1).strip() + "…";
  }

  private static @Nullable String host(@Nullable String name) {
    return name != null && HOST.matcher(name).matches() ? name : null;
  }
}
