package dev.waybill.relay.shaping;

import java.time.Duration;

/// Hands out turns at a rate that shrinks when it turns out to be too fast and grows back with
/// success. Not safe for use by several threads at once.
///
/// Turns that nobody took are good for a second: mail goes at a steady pace and not in bursts. What
/// was really sent is halved when it was too much. It grows in equal steps to where the last
/// complaint came, by a twentieth beyond that, and is as at first again where it was, or at twice
/// the pace at which the complaints began.
final class TokenRate {
  private static final double SECOND = 1e9;

  /// What the hosts say within this time is said about one pace.
  private static final long REACTION = Duration.ofSeconds(10).toNanos();

  /// One in a minute: a site is asked now and then, or nobody would learn that it is better.
  private static final double SLOWEST = 1 / 60.0;

  /// Twenty steps lead back to where it was too fast.
  private static final double STEPS = 20;

  private final double nominal;
  private final double slowest;
  private double allowed;
  private double tooFast;
  private double began;
  private double tokens;
  private long filledAt;
  private long changedAt;
  private long countedFrom;
  private int counted;
  private double lately;

  TokenRate(Rate rate, long now) {
    this(rate, SLOWEST, now);
  }

  /// @param slowest how many in a second it never falls below
  TokenRate(Rate rate, double slowest, long now) {
    this.nominal = rate.perSecond();
    this.slowest = Math.min(slowest, nominal);
    this.allowed = nominal;
    this.tooFast = nominal;
    this.began = nominal;
    this.tokens = capacity();
    this.filledAt = now;
    this.changedAt = now - REACTION;
    this.countedFrom = now;
  }

  /// The rate as it is now.
  Rate current() {
    return new Rate(allowed);
  }

  boolean isLimited() {
    return !Double.isInfinite(allowed);
  }

  /// Nanoseconds until there is a turn; 0 when there is one.
  long untilTurn(long now) {
    if (!isLimited()) {
      return 0;
    }
    fill(now);
    return tokens >= 1 ? 0 : Math.max(1, (long) Math.ceil((1 - tokens) / allowed * SECOND));
  }

  /// How many turns there are.
  int turns(long now) {
    if (!isLimited()) {
      return Integer.MAX_VALUE;
    }
    fill(now);
    return (int) tokens;
  }

  void take(long now) {
    if (isLimited()) {
      fill(now);
      tokens--;
    }
  }

  /// Takes the next turn that nobody has taken yet.
  ///
  /// @return nanoseconds until it comes; 0 when it is there
  long reserve(long now) {
    take(now);
    return !isLimited() || tokens >= 0 ? 0 : (long) Math.ceil(-tokens / allowed * SECOND);
  }

  /// A turn was not used.
  void giveBack() {
    if (isLimited()) {
      tokens = Math.min(capacity(), tokens + 1);
    }
  }

  /// One was used with success.
  void succeeded(long now) {
    count(now);
    if (allowed == nominal || now - changedAt < REACTION) {
      return;
    }
    changedAt = now;
    allowed += Math.max(tooFast, allowed) / STEPS;
    if (allowed >= Math.min(nominal, 2 * began)) {
      allowed = nominal;
      tokens = Math.min(tokens, capacity());
    }
  }

  /// It was too fast.
  ///
  /// @return false when that was said about the pace before the last change
  boolean shrink(long now) {
    if (now - changedAt < REACTION && allowed != nominal) {
      return false;
    }
    double real = Math.max(lately, recent(now));
    tooFast = Math.max(slowest, real > 0 ? Math.min(allowed, real) : Math.min(allowed, 1));
    began = allowed == nominal ? tooFast : began;
    allowed = Math.max(slowest, tooFast / 2);
    changedAt = now;
    filledAt = now;
    tokens = Math.min(capacity(), Double.isFinite(tokens) ? tokens : 0);
    return true;
  }

  private void count(long now) {
    if (now - countedFrom > REACTION) {
      lately = recent(now);
      countedFrom = now;
      counted = 0;
    }
    counted++;
  }

  private double recent(long now) {
    return counted / Math.max(1, (now - countedFrom) / SECOND);
  }

  private void fill(long now) {
    if (now > filledAt) {
      tokens = Math.min(capacity(), tokens + (now - filledAt) / SECOND * allowed);
      filledAt = now;
    }
  }

  private double capacity() {
    return Math.max(1, allowed);
  }
}
