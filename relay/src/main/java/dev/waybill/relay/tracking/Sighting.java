package dev.waybill.relay.tracking;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.EventType;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A link that was followed and is not in the journal yet.
///
/// @param recipient who it was, where the token says so
/// @param link where a click led, at most 2,048 characters
/// @param failures how often it could not be recorded while others could
record Sighting(
    Kind kind,
    Instant at,
    DeliveryKey delivery,
    @Nullable String recipient,
    @Nullable String link,
    Visit visit,
    int failures) {
  /// What somebody did.
  enum Kind {
    OPEN(EventType.EMAIL_OPENED),
    CLICK(EventType.EMAIL_CLICKED),
    UNSUBSCRIBE(EventType.EMAIL_UNSUBSCRIBED);

    private final EventType event;

    Kind(EventType event) {
      this.event = event;
    }

    EventType event() {
      return event;
    }

    /// @throws IllegalArgumentException when the label is none
    static Kind parse(String label) {
      return valueOf(label.toUpperCase(Locale.ROOT));
    }

    /// The metric's label.
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int MAX_LINK = 2_048;

  /// What one costs beside its text: objects, references, the queue's slot.
  private static final int OVERHEAD = 300;

  static Sighting open(Instant at, DeliveryKey delivery, Visit visit) {
    return new Sighting(Kind.OPEN, at, delivery, null, null, visit, 0);
  }

  static Sighting click(Instant at, DeliveryKey delivery, String link, Visit visit) {
    String bounded = Visit.printable(link, MAX_LINK);
    return new Sighting(Kind.CLICK, at, delivery, null, bounded, visit, 0);
  }

  static Sighting unsubscribe(Instant at, DeliveryKey delivery, String recipient, Visit visit) {
    return new Sighting(Kind.UNSUBSCRIBE, at, delivery, recipient, null, visit, 0);
  }

  Sighting failedOnceMore() {
    return new Sighting(kind, at, delivery, recipient, link, visit, failures + 1);
  }

  /// Roughly how many bytes of memory it holds.
  int weight() {
    return OVERHEAD + visit.userAgent().length() + (link == null ? 0 : link.length());
  }
}
