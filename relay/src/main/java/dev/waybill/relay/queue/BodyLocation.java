package dev.waybill.relay.queue;

/// Where a message's bytes are stored.
///
/// @param segment the segment file's number; 0 where bodies live in a table
/// @param offset of the record within the segment
record BodyLocation(long segment, long offset) {
  /// The place of every body that lives in a table.
  static final BodyLocation TABLE = new BodyLocation(0, 0);
}
