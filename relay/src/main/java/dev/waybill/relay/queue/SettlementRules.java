package dev.waybill.relay.queue;

import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.report.Bounce;
import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.streams.Stream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Turns outcome, attempts and age into the next state and its event. Any thread may use it.
final class SettlementRules {
  private static final Duration LONGEST_HINT = Duration.ofHours(4);

  private final Function<Stream, RetrySchedule> retries;
  private final RandomGenerator random;
  private final BounceJudge bounces = BounceJudge.load();

  /// @param retries when to try mail of a stream again
  SettlementRules(Function<Stream, RetrySchedule> retries, RandomGenerator random) {
    this.retries = retries;
    this.random = random;
  }

  Settlement judge(ReadyDelivery delivery, long owner, AttemptOutcome outcome, Instant now) {
    return switch (outcome) {
      case AttemptOutcome.Delivered(
              AttemptOutcome.Peer peer,
              String reply,
              AttemptOutcome.Copy copy) -> {
        Map<String, String> facts = facts(delivery, peer, reply);
        facts.putAll(copy.facts());
        yield done(delivery, owner, event(delivery, EventType.EMAIL_DELIVERED, now, facts));
      }
      case AttemptOutcome.Rejected(AttemptOutcome.Peer peer, String reply) ->
          done(
              delivery,
              owner,
              event(delivery, EventType.EMAIL_BOUNCED, now, refused(delivery, peer, reply)));
      case AttemptOutcome.Suppressed(String reason) ->
          done(
              delivery,
              owner,
              event(delivery, EventType.EMAIL_SUPPRESSED, now, Map.of("reason", reason)));
      case AttemptOutcome.Deferred(
              AttemptOutcome.Peer peer,
              String reply,
              Optional<Duration> hint) ->
          again(delivery, owner, now, classed(delivery, peer, reply), hint);
      case AttemptOutcome.Unreachable(String reason, AttemptOutcome.Security security) ->
          again(delivery, owner, now, facts(delivery, reason, security), Optional.empty());
      case AttemptOutcome.Discarded(String route) ->
          done(
              delivery,
              owner,
              event(
                  delivery,
                  EventType.EMAIL_CANCELLED,
                  now,
                  Map.of("reason", "discarded by route " + route, "route", route)));
      case AttemptOutcome.Held(String route) ->
          held(delivery, owner, now, "held by route " + route, route);
      case AttemptOutcome.Fault(String reason) -> held(delivery, owner, now, reason, null);
    };
  }

  private static Settlement held(
      ReadyDelivery delivery, long owner, Instant now, String reason, @Nullable String route) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("reason", reason);
    facts.put("held", "true");
    if (route != null) {
      facts.put("route", route);
    }
    return new Settlement(
        delivery,
        owner,
        new Settlement.Next.Held(reason, route),
        List.of(event(delivery, EventType.EMAIL_DELIVERY_DELAYED, now, facts)));
  }

  /// A delivery that was not tried is due again at once.
  static Settlement untried(ReadyDelivery delivery, long owner, Instant now) {
    String state = delivery.attempts() == 0 ? "queued" : "deferred";
    return new Settlement(
        delivery,
        owner,
        new Settlement.Next.Again(state, delivery.attempts(), now, null, null),
        List.of());
  }

  private static Settlement done(ReadyDelivery delivery, long owner, Event event) {
    return new Settlement(delivery, owner, new Settlement.Next.Done(), List.of(event));
  }

  private Settlement again(
      ReadyDelivery delivery,
      long owner,
      Instant now,
      Map<String, String> facts,
      Optional<Duration> hint) {
    int attempts = delivery.attempts() + 1;
    RetrySchedule retry = retries.apply(delivery.message().facts().stream());
    Duration pause = retry.pauseAfter(attempts, random);
    Duration asked = hint.filter(h -> h.compareTo(LONGEST_HINT) <= 0).orElse(Duration.ZERO);
    Instant end = birth(delivery).plus(retry.lifetime());
    if (!now.isBefore(end)) {
      facts.put("reason", "expired");
      return done(delivery, owner, event(delivery, EventType.EMAIL_FAILED, now, facts));
    }
    Instant due = now.plus(asked.compareTo(pause) > 0 ? asked : pause);
    // the last attempt is made when the lifetime ends, not a pause before
    Instant bounded = due.isAfter(end) ? end : due;
    Settlement.Next next =
        new Settlement.Next.Again("deferred", attempts, bounded, now, facts.get("reply"));
    List<Event> events =
        delivery.attempts() > 0
            ? List.of()
            : List.of(event(delivery, EventType.EMAIL_DELIVERY_DELAYED, now, facts));
    return new Settlement(delivery, owner, next, events);
  }

  private static Instant birth(ReadyDelivery delivery) {
    MessageFacts facts = delivery.message().facts();
    Instant sendAt = facts.sendAt();
    return sendAt == null ? facts.acceptedAt() : sendAt;
  }

  /// With the class of the reply, such as `bad_mailbox`.
  private Map<String, String> classed(
      ReadyDelivery delivery, AttemptOutcome.@Nullable Peer peer, String reply) {
    Map<String, String> facts = facts(delivery, peer, reply);
    facts.put("class", bounces.judge(reply).cause().text());
    return facts;
  }

  /// With the class, and with what the refusal says about the address, such as `hard`.
  private Map<String, String> refused(
      ReadyDelivery delivery, AttemptOutcome.@Nullable Peer peer, String reply) {
    Map<String, String> facts = facts(delivery, peer, reply);
    Bounce bounce = bounces.judge(reply);
    facts.put("class", bounce.cause().text());
    facts.put("permanence", bounce.permanence().text());
    return facts;
  }

  private static Event event(
      ReadyDelivery delivery, EventType type, Instant now, Map<String, String> facts) {
    return new Event(
        type,
        now,
        delivery.key(),
        delivery.recipient().toString(),
        delivery.message().facts().domain().value(),
        facts);
  }

  private static Map<String, String> facts(
      ReadyDelivery delivery, AttemptOutcome.@Nullable Peer peer, String reply) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("reply", reply);
    facts.put("attempt", Integer.toString(delivery.attempts() + 1));
    if (peer != null) {
      facts.put("mx", peer.host());
      facts.put("mx_address", peer.address());
      String tls = peer.tls();
      if (tls != null) {
        facts.put("tls", tls);
      }
      AttemptOutcome.Security security = peer.security();
      if (security != null) {
        facts.putAll(security.facts());
      }
    }
    return facts;
  }

  private static Map<String, String> facts(
      ReadyDelivery delivery, String reason, AttemptOutcome.@Nullable Security security) {
    Map<String, String> facts = facts(delivery, null, reason);
    if (security != null) {
      facts.putAll(security.facts());
    }
    return facts;
  }
}
