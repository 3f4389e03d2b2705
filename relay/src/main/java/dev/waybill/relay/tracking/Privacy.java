package dev.waybill.relay.tracking;

/// How much is kept of the address that a link was followed from (`tracking.privacy`).
///
/// What is not kept is never written: not into the journal, nor into a file or a log.
public enum Privacy {
  /// All of it.
  FULL,
  /// The first 24 bits of an IPv4 address, the first 48 of an IPv6 address; the others are zero.
  TRUNCATED,
  /// A hash under a key that is made anew each day and kept nowhere: tells visitors of one day and
  /// one node apart, and nothing else.
  HASHED
}
