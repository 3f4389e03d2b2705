package dev.waybill.relay.shaping;

import dev.waybill.relay.streams.Stream;
import java.util.UUID;

/// Mail that is of one sender and one kind: what shares a turn. A value; any thread may use it.
///
/// @param domainId the registered sending domain
public record Flow(UUID domainId, Stream stream) {
  /// The flow as a number that is the same at every start. Two flows may share one, and then a
  /// share of the room in memory.
  public long number() {
    return domainId.getMostSignificantBits() * 31
        + domainId.getLeastSignificantBits()
        + stream.name().hashCode() * 0x9E37_79B9_7F4A_7C15L;
  }

  @Override
  public int hashCode() {
    return domainId.hashCode() * 31 + stream.name().hashCode();
  }
}
