package dev.waybill.relay.admin;

import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import java.util.Optional;
import java.util.UUID;

/// Reads ids as clients write them.
final class Ids {
  /// The version of every id that is made here: ordered by time (RFC 9562 §5.7).
  static final int VERSION = 7;

  private static final int LENGTH = 36;

  private Ids() {}

  /// A UUID in its full form; the JDK alone would take `1-1-1-1-1` for one.
  static Optional<UUID> parse(String text) {
    if (text.length() != LENGTH) {
      return Optional.empty();
    }
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException notAnId) {
      return Optional.empty();
    }
  }

  /// @throws Refusal when the text is no UUID
  static UUID read(String field, String text) {
    return parse(text)
        .orElseThrow(() -> new Refusal(Problem.invalid(field, "\"" + text + "\"", "an id (UUID)")));
  }
}
