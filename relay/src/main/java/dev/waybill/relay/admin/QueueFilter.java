package dev.waybill.relay.admin;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.http.Parameters;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.operations.DeliveryState;
import dev.waybill.relay.operations.Selection;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which waiting deliveries a client means, and how.
///
/// @param all true where no condition is given: nobody means everything by accident
/// @param emailId a message
/// @param to a recipient's address
/// @param destination a recipient domain
/// @param domain a registered domain
/// @param state such as `deferred`
/// @param olderThan seconds since their message was accepted, at least
/// @param reply a text in the last reply, or in the reason for being held
/// @param reason why, for other operators and the event
/// @param dryRun only count
/// @param after `next` of the answer before, to go on
record QueueFilter(
    @Nullable Boolean all,
    @Nullable String emailId,
    @Nullable String to,
    @Nullable String destination,
    @Nullable String domain,
    @Nullable String stream,
    @Nullable String state,
    @Nullable Long olderThan,
    @Nullable String reply,
    @Nullable String reason,
    @Nullable Boolean dryRun,
    @Nullable String after) {
  private static final long MAX_AGE = 10L * 366 * 24 * 3_600;
  private static final char BETWEEN = '.';

  /// @throws Refusal when a parameter is not what was expected
  static QueueFilter of(Parameters parameters) {
    Function<String, @Nullable String> text = name -> parameters.text(name).orElse(null);
    return new QueueFilter(
        null,
        text.apply("email_id"),
        text.apply("to"),
        text.apply("destination"),
        text.apply("domain"),
        text.apply("stream"),
        text.apply("state"),
        parameters.text("older_than").isPresent()
            ? (Long) parameters.number("older_than", 0, 0, MAX_AGE)
            : null,
        text.apply("reply"),
        null,
        null,
        null);
  }

  /// @throws Refusal when neither all are meant nor a condition is given, or both
  QueueFilter checked() {
    boolean everything = Boolean.TRUE.equals(all);
    boolean some = !selection(Instant.EPOCH).equals(Selection.ALL);
    if (everything == some) {
      throw new Refusal(
          Problem.invalid(
              everything
                  ? "all: true beside a condition (expected: one of them)"
                  : "no condition (expected: one at least, or all: true)"));
    }
    return this;
  }

  /// @throws Refusal when a condition cannot be read
  Selection selection(Instant now) {
    if (olderThan != null && (olderThan < 0 || olderThan > MAX_AGE)) {
      throw new Refusal(
          Problem.invalid("older_than", olderThan.toString(), "seconds from 0 to " + MAX_AGE));
    }
    if (reply != null && (reply.isEmpty() || reply.length() > 200)) {
      throw new Refusal(Problem.invalid("reply", "\"" + reply + "\"", "1 to 200 characters"));
    }
    return new Selection(
        read("email_id", emailId, Ids::parse, "the id of a message"),
        read("to", to, EmailAddress::parse, "a mailbox such as jane@example.com"),
        read("destination", destination, DomainName::parse, "a recipient domain"),
        read("domain", domain, DomainName::parse, "a registered domain"),
        stream,
        read("state", state, DeliveryState::parse, "scheduled, queued, sending, deferred or held"),
        olderThan == null ? null : now.minusSeconds(olderThan),
        reply);
  }

  /// Where a change goes on.
  ///
  /// @param start when it began
  /// @param after behind which; null at its beginning
  record Progress(Instant start, @Nullable DeliveryKey after) {
    /// To be given as `after`.
    static String text(Instant start, DeliveryKey last) {
      return cursor(last) + BETWEEN + ChronoUnit.MICROS.between(Instant.EPOCH, start);
    }
  }

  /// @throws Refusal when `after` is none of ours
  Progress progress(Instant now) {
    if (after == null) {
      return new Progress(now, null);
    }
    int between = after.lastIndexOf(BETWEEN);
    try {
      if (between > 0) {
        long micros = Long.parseLong(after.substring(between + 1));
        return new Progress(
            Instant.EPOCH.plus(micros, ChronoUnit.MICROS), key(after.substring(0, between)));
      }
    } catch (NumberFormatException | DateTimeException noneOfOurs) {
      // refused below
    }
    throw new Refusal(Problem.invalid("after", "\"" + after + "\"", "next of the answer before"));
  }

  /// As it is given in lists and answers.
  static String cursor(DeliveryKey key) {
    return key.messageId().toString() + BETWEEN + key.ordinal();
  }

  /// @throws Refusal when it is none of ours
  static DeliveryKey key(String cursor) {
    int between = cursor.indexOf(BETWEEN);
    try {
      if (between > 0) {
        return new DeliveryKey(
            Ids.parse(cursor.substring(0, between)).orElseThrow(NumberFormatException::new),
            Integer.parseInt(cursor.substring(between + 1)));
      }
    } catch (IllegalArgumentException noneOfOurs) {
      // refused below
    }
    throw new Refusal(Problem.invalid("after", "\"" + cursor + "\"", "an id of this list"));
  }

  private static <T> @Nullable T read(
      String field, @Nullable String text, Function<String, Optional<T>> reader, String expected) {
    return text == null
        ? null
        : reader
            .apply(text)
            .orElseThrow(() -> new Refusal(Problem.invalid(field, "\"" + text + "\"", expected)));
  }
}
