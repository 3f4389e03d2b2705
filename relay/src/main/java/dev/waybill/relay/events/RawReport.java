package dev.waybill.relay.events;

/// The mail behind an event, as it came.
///
/// @param content its octets, at most [#MAX_CONTENT]; where it was longer, what matters of it; not
///   to be changed
/// @param octets how long it was
public record RawReport(byte[] content, long octets) {
  /// How much of a report is kept at most.
  public static final int MAX_CONTENT = 1024 * 1024;

  public RawReport {
    if (content.length > MAX_CONTENT || octets < content.length) {
      throw new IllegalArgumentException(
          "%d octets of %d (expected: at most %d, and no more than there were)"
              .formatted(content.length, octets, MAX_CONTENT));
    }
  }

  public boolean isWhole() {
    return content.length == octets;
  }
}
