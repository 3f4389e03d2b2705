package dev.waybill.relay.operations;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which waiting deliveries an operator means: those to which every condition applies; null is no
/// condition.
///
/// @param messageId of this message
/// @param recipient to this address, whatever the case of its letters
/// @param destination to this recipient domain
/// @param domain from this registered domain
/// @param stream of the stream of this name
/// @param state in this state
/// @param acceptedBefore accepted before this time
/// @param reason whose last reply, or reason for being held, has this text in it, whatever the case
///   of its letters
public record Selection(
    @Nullable UUID messageId,
    @Nullable EmailAddress recipient,
    @Nullable DomainName destination,
    @Nullable DomainName domain,
    @Nullable String stream,
    @Nullable DeliveryState state,
    @Nullable Instant acceptedBefore,
    @Nullable String reason) {
  /// Every delivery that waits.
  public static final Selection ALL = new Selection(null, null, null, null, null, null, null, null);

  private static final int MAX_REASON = 200;

  public Selection {
    if (reason != null && (reason.isEmpty() || reason.length() > MAX_REASON)) {
      throw new IllegalArgumentException(
          "reason \"%s\" (expected: 1 to %d characters)".formatted(reason, MAX_REASON));
    }
  }

  /// Those of one message.
  public static Selection ofMessage(UUID id) {
    Objects.requireNonNull(id, "id");
    return new Selection(id, null, null, null, null, null, null, null);
  }

  /// Those to one recipient domain.
  public static Selection to(DomainName destination) {
    Objects.requireNonNull(destination, "destination");
    return new Selection(null, null, destination, null, null, null, null, null);
  }
}
