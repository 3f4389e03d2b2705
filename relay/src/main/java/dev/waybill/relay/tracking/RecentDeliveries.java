package dev.waybill.relay.tracking;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.events.DeliveryKey;
import java.time.Duration;
import java.time.Instant;

/// Which copies are on their way or have just arrived at this node's hands. Any thread may use it.
///
/// Kept in memory and told by those who deliver, so that a request is judged without a look at the
/// database; of a copy that another node delivers nothing is known here.
final class RecentDeliveries {
  /// Sooner than a person can find a message, see it and follow a link.
  private static final Duration SOON = Duration.ofSeconds(2);

  private static final int MOST = 20_000;

  private final Cache<DeliveryKey, Instant> until =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(Duration.ofHours(1)).build();

  /// A copy leaves now: until it is settled, only machines can see it.
  void leaves(DeliveryKey delivery) {
    until.put(delivery, Instant.MAX);
  }

  void arrived(DeliveryKey delivery, Instant at) {
    until.put(delivery, at.plus(SOON));
  }

  /// An attempt ended in another way; whether a copy arrived all the same, nobody knows.
  void ended(DeliveryKey delivery) {
    until.invalidate(delivery);
  }

  boolean isEarly(DeliveryKey delivery, Instant now) {
    Instant end = until.getIfPresent(delivery);
    return end != null && now.isBefore(end);
  }
}
