package dev.waybill.relay.bouncereport;

import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.PostOffice;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.Dialect;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the journal for bounces and reports them. Started and stopped by one thread; one of its
/// own reports.
public final class BounceReports {
  private static final Logger LOG = LoggerFactory.getLogger(BounceReports.class);

  /// On an embedded database one transaction writes at a time, so that what is seen is all there
  /// is.
  private static final Duration ALONE = Duration.ofSeconds(3);

  /// On a shared one a place in the journal can come to be seen after a later one: what is reported
  /// was there at the end of the turn before.
  private static final Duration SHARED = Duration.ofSeconds(15);

  private static final Duration TURN = Duration.ofMinutes(2);
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);
  private static final int PAGE = 100;
  private static final int AN_HOUR = 1_000;

  /// How often one report is tried before the next ones go on without it.
  private static final int TRIES = 20;

  /// What is known of messages.
  ///
  /// @param facts of a message; empty when it is forgotten
  /// @param submitted its bytes, while they are kept
  public record Messages(
      Function<UUID, Optional<MessageFacts>> facts, Function<UUID, Optional<byte[]>> submitted) {}

  /// What it takes from its surroundings.
  public record Surroundings(InstantSource clock, MeterRegistry meters) {}

  private final BounceReportSettings settings;
  private final Journal journal;
  private final Messages messages;
  private final PostOffice office;
  private final Surroundings surroundings;
  private final TurnStore turns;
  private final boolean alone;
  private final Duration pause;
  private final HourlyBound bound = new HourlyBound(AN_HOUR);
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("bounce-reports").daemon(true).factory());
  private long triedAt;
  private int tries;

  public BounceReports(
      BounceReportSettings settings,
      Database database,
      Journal journal,
      Messages messages,
      PostOffice office,
      Surroundings surroundings) {
    this.settings = settings;
    this.journal = journal;
    this.messages = messages;
    this.office = office;
    this.surroundings = surroundings;
    this.turns = new TurnStore(database);
    this.alone = database.dialect() == Dialect.H2;
    this.pause = alone ? ALONE : SHARED;
    List.of("sent", "dropped", "failed").forEach(this::counter);
  }

  /// Where it is switched off, what happens meanwhile is never reported.
  public void start() {
    if (settings.enabled()) {
      quietly(this::begin);
      var _ =
          timer.scheduleWithFixedDelay(
              () -> quietly(this::turn), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    } else {
      quietly(this::forget);
    }
  }

  /// What is left is reported by another node, or after the next start.
  public void stop() {
    timer.shutdown();
    try {
      if (!timer.awaitTermination(LAST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("bounces are still being reported");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Reports what bounced since the last turn, unless another node does.
  void turn() {
    if (turns.place().isEmpty()) {
      begin();
    }
    long newest = newest();
    if (turns.place().filter(place -> place.done() >= newest).isPresent()) {
      return;
    }
    Instant now = surroundings.clock().instant();
    Optional<TurnStore.Place> taken = turns.take(now, now.plus(TURN));
    if (taken.isPresent()) {
      long limit = alone ? newest : taken.get().seen();
      long done = go(taken.get(), limit, newest);
      Instant next = alone ? now : now.plus(pause);
      turns.save(new TurnStore.Place(done, done < limit ? taken.get().seen() : newest), next);
    }
  }

  private void begin() {
    if (turns.place().isEmpty()) {
      turns.begin(newest(), surroundings.clock().instant());
    }
  }

  private void forget() {
    if (turns.place().isPresent()) {
      turns.forget();
    }
  }

  private long newest() {
    return journal.read(new Journal.Filter(0, null, null, true), 1).stream()
        .mapToLong(Journal.Entry::seq)
        .findFirst()
        .orElse(0);
  }

  /// @return how far it came: to the limit unless something is to be tried again
  private long go(TurnStore.Place from, long limit, long newest) {
    long done = from.done();
    while (done < limit) {
      List<Journal.Entry> page =
          journal.read(new Journal.Filter(done, EventType.EMAIL_BOUNCED, null, false), PAGE);
      for (Journal.Entry entry : page) {
        if (entry.seq() > limit) {
          return limit;
        }
        if (!report(entry)) {
          return done;
        }
        done = entry.seq();
      }
      if (page.size() < PAGE) {
        return limit;
      }
      Instant now = surroundings.clock().instant();
      turns.save(new TurnStore.Place(done, Math.min(from.seen(), newest)), now.plus(TURN));
    }
    return limit;
  }

  /// @return whether that is all; false when it is to be tried again
  private boolean report(Journal.Entry entry) {
    Optional<String> trouble;
    try {
      trouble = report(entry.event());
    } catch (RuntimeException fault) {
      trouble = Optional.of(fault.toString());
    }
    if (trouble.isEmpty()) {
      return true;
    }
    tries = triedAt == entry.seq() ? tries + 1 : 1;
    triedAt = entry.seq();
    boolean givenUp = tries >= TRIES;
    LOG.warn(
        "the bounce of {} is {}: {}",
        entry.event().delivery(),
        givenUp ? "not reported" : "reported later",
        trouble.get());
    if (givenUp) {
      counter("failed").increment();
    }
    return givenUp;
  }

  /// @return what stood in the way
  private Optional<String> report(Event bounced) {
    DeliveryKey delivery = bounced.delivery();
    Optional<MessageFacts> message =
        Optional.ofNullable(delivery).map(DeliveryKey::messageId).flatMap(messages.facts());
    if (delivery == null || message.isEmpty()) {
      return Optional.empty();
    }
    EmailAddress to = message.get().envelopeFrom();
    DsnParameters dsn = journal.origin(delivery).map(BounceReports::dsn).orElse(DsnParameters.NONE);
    Optional<EmailAddress> recipient =
        Optional.ofNullable(bounced.recipient()).flatMap(EmailAddress::parse);
    Optional<SendingDomain> author = office.sending(message.get().domain());
    if (to == null || !wants(dsn) || recipient.isEmpty() || author.isEmpty() || !isOurs(to)) {
      return Optional.empty();
    }
    Instant now = surroundings.clock().instant();
    if (!bound.permits(author.get().id(), now)) {
      counter("dropped").increment();
      return Optional.empty();
    }
    NondeliveryLetter letter =
        new NondeliveryLetter(
            new EmailAddress("MAILER-DAEMON", author.get().name()),
            to,
            settings.hostname(),
            message.get(),
            messages.submitted().apply(delivery.messageId()).orElse(null),
            recipient.get(),
            dsn,
            Nondelivery.of(bounced, message.get().tlsWish()),
            office.ids().get().toString());
    Optional<String> trouble = post(letter, author.get(), delivery, now);
    if (trouble.isEmpty()) {
      counter("sent").increment();
    }
    return trouble;
  }

  private Optional<String> post(
      NondeliveryLetter letter, SendingDomain author, DeliveryKey delivery, Instant now) {
    Optional<Returned> returned = letter.returned();
    return office.post(
        new PostOffice.Letter(
            PostOffice.Kind.BOUNCE_REPORT,
            author,
            letter.from(),
            letter.to(),
            NondeliveryLetter.SUBJECT,
            letter.octets(returned),
            returned.filter(Returned::eightBit).isPresent(),
            letter.message().tlsWish() == TlsWish.REQUIRED ? TlsWish.REQUIRED : TlsWish.NONE,
            delivery.messageId() + " " + delivery.ordinal()),
        settings.hostname(),
        now);
  }

  /// RFC 3461 §4.1: who says nothing wants to hear of failures.
  private static boolean wants(DsnParameters dsn) {
    return dsn.notifyOn().isEmpty() || dsn.notifyOn().contains(DsnParameters.Notify.FAILURE);
  }

  /// Whether mail to a sender is none of a stranger's. At a return-path domain there is nobody but
  /// us.
  private boolean isOurs(EmailAddress sender) {
    return office
        .sending(sender.domain())
        .filter(domain -> !domain.returnPathDomain().equals(sender.domain()))
        .isPresent();
  }

  /// As the first event tells it.
  private static DsnParameters dsn(Event first) {
    Map<String, String> facts = first.facts();
    return new DsnParameters(
        Optional.ofNullable(facts.get("return")).flatMap(DsnParameters::readRet).orElse(null),
        facts.get("envelope_id"),
        Optional.ofNullable(facts.get("notify"))
            .flatMap(DsnParameters::readNotify)
            .orElse(Set.of()),
        facts.get("original_recipient"));
  }

  private Counter counter(String result) {
    return Counter.builder("waybill.bounce.reports")
        .description("Bounces reported to applications, beyond the bound, and given up")
        .tag("result", result)
        .register(surroundings.meters());
  }

  private static void quietly(Runnable turn) {
    try {
      turn.run();
    } catch (RuntimeException failure) {
      LOG.warn("bounce reports wait: {}", failure.toString());
    }
  }
}
