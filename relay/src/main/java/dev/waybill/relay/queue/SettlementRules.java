package dev.waybill.relay.queue;

import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.report.Bounce;
import dev.waybill.relay.report.BounceClass;
import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.report.Permanence;
import dev.waybill.relay.report.RetryPaces;
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

  /// When whoever waits for a delivery is told a second time; what still waits then may take days.
  private static final Duration LONG_DELAY = Duration.ofHours(4);

  /// What is postponed waits for a quarter of its age at least.
  private static final int AGE_SHARE = 4;

  /// And up to a fifth longer, so that not all comes back together.
  private static final int JITTER_SHARE = 5;

  /// The postponement that makes mail later than this is told, once.
  private static final Duration DELAYED = Duration.ofMinutes(5);

  private final Function<Stream, RetrySchedule> retries;
  private final RandomGenerator random;
  private final BounceJudge bounces = BounceJudge.load();
  private final RetryPaces paces = RetryPaces.load();

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
      case AttemptOutcome.Rejected rejected ->
          done(
              delivery,
              owner,
              event(delivery, EventType.EMAIL_BOUNCED, now, refused(delivery, rejected)));
      case AttemptOutcome.Suppressed(String reason) ->
          done(
              delivery,
              owner,
              event(delivery, EventType.EMAIL_SUPPRESSED, now, Map.of("reason", reason)));
      case AttemptOutcome.Deferred(
              AttemptOutcome.Peer peer,
              String reply,
              Optional<Duration> hint) ->
          putOff(delivery, owner, now, facts(delivery, peer, reply), hint);
      case AttemptOutcome.Unreachable(String reason, AttemptOutcome.Security security) ->
          again(
              delivery,
              owner,
              now,
              facts(delivery, reason, security),
              retries.apply(delivery.message().facts().stream()),
              Duration.ZERO);
      case AttemptOutcome.Postponed(String reason, Duration pause) ->
          postponed(delivery, owner, now, reason, pause);
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

  /// A host asked to come back: its reply has a class, such as `throttled`, and the class a pace.
  private Settlement putOff(
      ReadyDelivery delivery,
      long owner,
      Instant now,
      Map<String, String> facts,
      Optional<Duration> hint) {
    BounceClass cause = bounces.judge(facts.getOrDefault("reply", "")).cause();
    facts.put("class", cause.text());
    RetrySchedule usual = retries.apply(delivery.message().facts().stream());
    Duration asked = hint.filter(h -> h.compareTo(LONGEST_HINT) <= 0).orElse(Duration.ZERO);
    return again(delivery, owner, now, facts, usual.paced(paces.of(cause)), asked);
  }

  /// @param asked no attempt before so long; zero for nothing
  private Settlement again(
      ReadyDelivery delivery,
      long owner,
      Instant now,
      Map<String, String> facts,
      RetrySchedule retry,
      Duration asked) {
    int attempts = delivery.attempts() + 1;
    Duration pause = retry.pauseAfter(attempts, random);
    Instant end = delivery.message().facts().dueSince().plus(retry.lifetime());
    if (!now.isBefore(end)) {
      return expired(delivery, owner, now, facts);
    }
    Instant due = now.plus(asked.compareTo(pause) > 0 ? asked : pause);
    // the last attempt is made when the lifetime ends, not a pause before
    Instant bounded = due.isAfter(end) ? end : due;
    Settlement.Next next =
        new Settlement.Next.Again("deferred", attempts, bounded, now, facts.get("reply"));
    List<Event> events =
        isToldOf(delivery, now, true)
            ? List.of(event(delivery, EventType.EMAIL_DELIVERY_DELAYED, now, facts))
            : List.of();
    return new Settlement(delivery, owner, next, events);
  }

  /// A delay is told of when it begins, and by what happens first when it has become a long one.
  /// What was told before is known from its row, so a restart changes nothing.
  ///
  /// @param begins whether the delay is worth telling of if it never was
  private static boolean isToldOf(ReadyDelivery delivery, Instant now, boolean begins) {
    Instant before = delivery.lastAttemptAt();
    if (before == null) {
      return begins && delivery.attempts() == 0;
    }
    Instant becomesLong = delivery.message().facts().dueSince().plus(LONG_DELAY);
    return !now.isBefore(becomesLong) && before.isBefore(becomesLong);
  }

  /// Not tried, so no attempt is counted; its age stands for them, so that a long queue is not
  /// looked through again and again for a destination that stays away.
  private Settlement postponed(
      ReadyDelivery delivery, long owner, Instant now, String reason, Duration pause) {
    RetrySchedule retry = retries.apply(delivery.message().facts().stream());
    Instant birth = delivery.message().facts().dueSince();
    Instant end = birth.plus(retry.lifetime());
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("reply", reason);
    if (!now.isBefore(end)) {
      return expired(delivery, owner, now, facts);
    }
    Duration aged = Duration.between(birth, now).dividedBy(AGE_SHARE);
    Duration slow = aged.compareTo(retry.longest()) < 0 ? aged : retry.longest();
    Duration wait = slow.compareTo(pause) > 0 ? slow : pause;
    Instant due = now.plus(wait).plusMillis(random.nextLong(1 + wait.toMillis() / JITTER_SHARE));
    Instant bounded = due.isAfter(end) ? end : due;
    Instant delayed = birth.plus(DELAYED);
    boolean tells = isToldOf(delivery, now, !delayed.isAfter(bounded));
    return new Settlement(
        delivery,
        owner,
        new Settlement.Next.Again(
            "deferred", delivery.attempts(), bounded, tells ? now : null, reason),
        tells ? List.of(event(delivery, EventType.EMAIL_DELIVERY_DELAYED, now, facts)) : List.of());
  }

  /// The lifetime is over. Where nobody was there to answer, the class is that of a time that ran
  /// out; the address itself may be fine.
  private static Settlement expired(
      ReadyDelivery delivery, long owner, Instant now, Map<String, String> facts) {
    facts.put("reason", "expired");
    facts.putIfAbsent("class", BounceClass.NETWORK.text());
    facts.put("permanence", Permanence.SOFT.text());
    return done(delivery, owner, event(delivery, EventType.EMAIL_BOUNCED, now, facts));
  }

  /// With the class, and with what the refusal says about the address, such as `hard`.
  private Map<String, String> refused(ReadyDelivery delivery, AttemptOutcome.Rejected rejected) {
    Map<String, String> facts = facts(delivery, rejected.peer(), rejected.reply());
    Bounce bounce = bounces.judge(rejected.reply());
    facts.put("class", bounce.cause().text());
    facts.put("permanence", bounce.permanence().text());
    AttemptOutcome.Security security = rejected.security();
    if (security != null) {
      facts.putAll(security.facts());
    }
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
      String source = peer.source();
      if (source != null) {
        facts.put("source", source);
      }
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
