package dev.waybill.relay.breakers;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How one stream of one domain stands, and why.
///
/// @param since since when; null where it never was anything but `ok`
/// @param reason the figures that tripped it, at most 200 characters; null where nothing did
/// @param recent what became of its copies within the short window
/// @param longer within the long one
public record Breaker(
    BreakerKey key,
    BreakerState state,
    @Nullable Instant since,
    @Nullable String reason,
    Figures recent,
    Figures longer) {
  /// What every reason begins with, by which held mail is found again when it is released.
  public static final String SIGN = "circuit breaker: ";

  public Breaker {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(recent, "recent");
    Objects.requireNonNull(longer, "longer");
  }

  Breaker with(Figures lately, Figures overall) {
    return new Breaker(key, state, since, reason, lately, overall);
  }
}
