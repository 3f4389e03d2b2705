package dev.waybill.relay.clock;

import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Makes ids that sort by the microsecond of their making: UUID version 7 (RFC 9562 §5.7, with the
/// clock's finer part in the leftmost random bits, §6.2 method 3). Those of one microsecond have no
/// order.
///
/// Any thread may call it. Rows keyed by such ids land next to each other in an index.
public final class TimeOrderedIds {
  private final InstantSource clock;
  private final RandomGenerator random;

  public TimeOrderedIds(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  public UUID next() {
    return id(clock.instant(), random.nextLong() & 3, random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL);
  }

  /// The lowest id that is made at the given time: all that are made before are lower.
  public static UUID firstOf(Instant time) {
    return id(time, 0, 0);
  }

  /// @param fraction of the microsecond, in quarters
  private static UUID id(Instant time, long fraction, long chance) {
    long millis = time.toEpochMilli() & 0xFFFF_FFFF_FFFFL;
    // a quarter of a microsecond in twelve bits: 0 to 3,999
    long fine = time.getNano() / 1_000 % 1_000 * 4 + fraction;
    return new UUID((millis << 16) | 0x7000L | fine, chance | 0x8000_0000_0000_0000L);
  }
}
