package dev.waybill.relay.shaping;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a site takes from us at the moment: it shrinks at once when its hosts complain, and grows
/// back with every success. To be used under its site's lock, but for [#pause] and [#resume].
///
/// A complaint halves rate and connections. A site that turns us away altogether is paused, for its
/// back-off the first time and then twice as long each time, until it takes a message; after a
/// pause one connection goes first. Every 20 messages it takes allow one connection more.
public final class SitePace {
  private static final int MESSAGES_PER_GROWTH = 20;

  /// What would have to wait longer is better off in the table than in memory.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final Duration LONGEST_HINT = Duration.ofHours(1);

  /// A time in which the site is left alone.
  ///
  /// @param reason what its host said
  /// @param until by the monotonic clock
  public record Pause(String reason, long until) {
    /// @return zero or less when it is over
    public Duration left(long now) {
      return Duration.ofNanos(until - now);
    }
  }

  private final SiteLimits limits;
  private final TokenRate messages;
  private final TokenRate connections;
  private volatile @Nullable Pause pause;
  private Duration lastPause = Duration.ZERO;
  private int ceiling;
  private int taken;
  private boolean proven;

  public SitePace(SiteLimits limits, long now) {
    this.limits = limits;
    this.messages = new TokenRate(limits.messageRate(), now);
    this.connections = new TokenRate(limits.connectionRate(), now);
    this.ceiling = limits.connections();
  }

  public SiteLimits limits() {
    return limits;
  }

  /// The pause that lasts at the moment; null when there is none.
  public @Nullable Pause pause(long now) {
    Pause last = pause;
    return last == null || now - last.until() >= 0 ? null : last;
  }

  /// The pause that lasts and is too long to be waited out in memory; null when there is none. Any
  /// thread may ask.
  public @Nullable Pause longPause(long now) {
    Pause lasting = pause(now);
    return lasting == null || lasting.left(now).compareTo(PATIENCE) <= 0 ? null : lasting;
  }

  /// How many connections may stand: one as long as none has ever stood.
  public int ceiling() {
    return proven ? ceiling : 1;
  }

  /// The rate of messages as it is now.
  public Rate messageRate() {
    return messages.current();
  }

  /// Nanoseconds until a message may go; 0 for at once.
  public long untilMessage(long now) {
    Pause lasting = pause(now);
    return lasting == null ? messages.untilTurn(now) : lasting.until() - now;
  }

  /// Nanoseconds until a connection may be opened; 0 for at once.
  public long untilConnection(long now) {
    return Math.max(untilMessage(now), connections.untilTurn(now));
  }

  /// Why a message does not go at once, in words; empty when the pace is not the reason.
  ///
  /// @param workers connections that are open or being opened
  public Optional<String> reason(int workers, long now) {
    Pause lasting = pause(now);
    if (lasting != null) {
      long seconds = Math.max(1, lasting.left(now).toSeconds());
      return Optional.of("site paused for %d s after %s".formatted(seconds, lasting.reason()));
    }
    if (messages.untilTurn(now) > 0) {
      return Optional.of(
          "rate limited by shaping: %s messages%s".formatted(messages.current().text(), learnt()));
    }
    if (workers >= ceiling()) {
      return Optional.of(
          ceiling() < limits.connections()
              ? "site at its connection limit: %d of %d for now"
                  .formatted(ceiling(), limits.connections())
              : "site at its connection limit: %d".formatted(ceiling()));
    }
    return connections.untilTurn(now) > 0
        ? Optional.of(
            "rate limited by shaping: %s connections".formatted(limits.connectionRate().text()))
        : Optional.empty();
  }

  private String learnt() {
    return messages.current().equals(limits.messageRate())
        ? ""
        : " since the site complained (%s else)".formatted(limits.messageRate().text());
  }

  /// How many messages may go at once.
  public int messages(long now) {
    return messages.turns(now);
  }

  public void takeMessage(long now) {
    messages.take(now);
  }

  /// A message that was taken did not go.
  public void giveMessageBack() {
    messages.giveBack();
  }

  public void takeConnection(long now) {
    connections.take(now);
  }

  /// A connection stands.
  public void connected() {
    proven = true;
  }

  /// The site took a message.
  public void succeeded(long now) {
    messages.succeeded(now);
    lastPause = Duration.ZERO;
    if (ceiling < limits.connections() && ++taken >= MESSAGES_PER_GROWTH) {
      ceiling++;
      taken = 0;
    }
  }

  /// A further connection was turned away while others stand or are being opened.
  ///
  /// @param others how many, at least one
  public void crowded(int others) {
    ceiling = Math.min(ceiling, others);
    taken = 0;
  }

  /// A host says that it is too much.
  ///
  /// @param standing connections
  /// @return whether that changed anything
  public boolean throttled(int standing, long now) {
    if (!messages.shrink(now)) {
      return false;
    }
    ceiling = Math.max(1, Math.min(ceiling, standing) / 2);
    taken = 0;
    return true;
  }

  /// The site turned us away.
  ///
  /// @param asked how long it asked to be left alone; zero where it did not say
  /// @return false when a pause lasts already
  public boolean turnedAway(String reason, Duration asked, long now) {
    if (pause(now) != null) {
      return false;
    }
    Duration next = lastPause.isZero() ? limits.backOff() : lastPause.multipliedBy(2);
    lastPause = min(next, SiteLimits.LONGEST_BACK_OFF);
    Duration hint = min(asked, LONGEST_HINT);
    Duration length = hint.compareTo(lastPause) > 0 ? hint : lastPause;
    pause = new Pause(reason, now + length.toNanos());
    ceiling = 1;
    taken = 0;
    return true;
  }

  /// Ends the pause: an operator knows better. Any thread may call it.
  public void resume() {
    pause = null;
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
