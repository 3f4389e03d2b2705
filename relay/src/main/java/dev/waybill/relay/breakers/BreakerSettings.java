package dev.waybill.relay.breakers;

import dev.waybill.relay.streams.Stream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// When a breaker trips.
///
/// The limits are those that Gmail, Yahoo and the large senders publish; see
/// `docs/decisions/0016-breakers.md`.
///
/// @param mode what it does
/// @param ofStreams where that differs, by a stream's name
/// @param complaints limits for complaints in percent of what was delivered
/// @param bounces limits for hard bounces in percent of what was delivered or refused
/// @param windows which time is looked at
/// @param minimumVolume copies that must have been delivered or refused in a window before it is
///   judged
public record BreakerSettings(
    Mode mode,
    Map<String, Mode> ofStreams,
    Limits complaints,
    Limits bounces,
    Windows windows,
    int minimumVolume) {
  /// Below so many complaints or bounces nothing trips, whatever their share: chance alone brings
  /// two or three.
  static final int LEAST_BAD = 5;

  /// A warning ends when the rate has come down to this share of the limit, so that one on the edge
  /// is not told of again and again.
  private static final double CALM = 0.8;

  /// What a breaker does.
  public enum Mode {
    /// It counts nothing and says nothing.
    OFF,
    /// It says when a limit is passed.
    WARN,
    /// It also holds the mail of marketing streams.
    HOLD
  }

  /// In percent.
  ///
  /// @param warn from here on somebody is told
  /// @param hold from here on mail is held
  public record Limits(double warn, double hold) {
    public Limits {
      if (!(warn > 0 && warn <= hold && hold <= 100)) {
        throw new IllegalArgumentException(
            "warn %s%%, hold %s%% (expected: warn above 0%% and at most hold)"
                .formatted(warn, hold));
      }
    }
  }

  /// Both are judged, each when it has enough mail: the short one is quick, the long one sees
  /// senders of little mail and what comes days later.
  public record Windows(Duration recent, Duration longer) {
    private static final Duration LONGEST = Duration.ofDays(31);

    public Windows {
      if (recent.compareTo(Duration.ofHours(1)) < 0
          || longer.compareTo(recent) < 0
          || longer.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "window %s, long-window %s (expected: 1h <= window <= long-window <= 31d)"
                .formatted(recent, longer));
      }
    }
  }

  /// What figures say.
  ///
  /// @param level [BreakerState#OK], [BreakerState#WARNED] or [BreakerState#HELD]
  /// @param calm whether a warning may end
  /// @param reason empty where nothing is said against them
  record Verdict(BreakerState level, boolean calm, String reason) {}

  public BreakerSettings {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(complaints, "complaints");
    Objects.requireNonNull(bounces, "bounces");
    Objects.requireNonNull(windows, "windows");
    ofStreams = Map.copyOf(ofStreams);
    if (minimumVolume < 1) {
      throw new IllegalArgumentException(
          "minimum-volume %d (expected: 1 or more)".formatted(minimumVolume));
    }
  }

  /// Warn at 0.1 % complaints or 2 % hard bounces, hold at 0.3 % or 5 %, within 24 hours or 7 days,
  /// of at least 500 copies.
  public static BreakerSettings standard() {
    return new BreakerSettings(
        Mode.HOLD,
        Map.of(),
        new Limits(0.1, 0.3),
        new Limits(2, 5),
        new Windows(Duration.ofHours(24), Duration.ofDays(7)),
        500);
  }

  Mode modeOf(String stream) {
    return ofStreams.getOrDefault(stream, mode);
  }

  /// Mail that somebody waits for is never held.
  boolean mayHold(Stream stream) {
    return stream.isMarketing() && modeOf(stream.name()) == Mode.HOLD;
  }

  Verdict judge(Figures recent, Figures longer) {
    Verdict quick = judge(recent, windows.recent());
    Verdict slow = judge(longer, windows.longer());
    Verdict worse = quick.level().compareTo(slow.level()) >= 0 ? quick : slow;
    return new Verdict(worse.level(), quick.calm() && slow.calm(), worse.reason());
  }

  /// Whether more mail alone, without any more that is bad, could trip the breaker.
  boolean isUndecided(Figures figures) {
    return figures.settled() < minimumVolume
        && (figures.hard() >= LEAST_BAD || figures.complained() >= LEAST_BAD);
  }

  private Verdict judge(Figures figures, Duration window) {
    if (figures.settled() < minimumVolume) {
      return new Verdict(BreakerState.OK, true, "");
    }
    BreakerState byComplaints = level(figures.complained(), figures.complaintRate(), complaints);
    BreakerState byBounces = level(figures.hard(), figures.bounceRate(), bounces);
    boolean calm =
        isCalm(figures.complained(), figures.complaintRate(), complaints)
            && isCalm(figures.hard(), figures.bounceRate(), bounces);
    return byComplaints.compareTo(byBounces) >= 0
        ? new Verdict(byComplaints, calm, complained(figures, window, byComplaints))
        : new Verdict(byBounces, calm, bounced(figures, window));
  }

  private static BreakerState level(long bad, double rate, Limits limits) {
    if (bad < LEAST_BAD || rate < limits.warn()) {
      return BreakerState.OK;
    }
    return rate < limits.hold() ? BreakerState.WARNED : BreakerState.HELD;
  }

  private static boolean isCalm(long bad, double rate, Limits limits) {
    return bad < LEAST_BAD || rate < CALM * limits.warn();
  }

  private static String complained(Figures figures, Duration window, BreakerState level) {
    return level == BreakerState.OK
        ? ""
        : reason(
            figures.complaintRate(),
            "complaints",
            figures.complained(),
            figures.delivered(),
            window);
  }

  private static String bounced(Figures figures, Duration window) {
    return reason(figures.bounceRate(), "hard bounces", figures.hard(), figures.settled(), window);
  }

  private static String reason(double rate, String what, long bad, long of, Duration window) {
    return String.format(
        Locale.ROOT,
        "%s%.2f%% %s (%,d of %,d in %s)",
        Breaker.SIGN,
        rate,
        what,
        bad,
        of,
        window.toHours() % 24 == 0 && window.toDays() > 1
            ? window.toDays() + "d"
            : window.toHours() + "h");
  }
}
