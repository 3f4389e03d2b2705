package dev.waybill.relay.queue;

/// A message on its way through the group commit. Used by one thread at a time: the submitting one,
/// then the committing one, then whoever the completed future wakes.
final class Accepting {
  private final Acceptance acceptance;
  private BodyLocation location = BodyLocation.TABLE;
  private boolean handOver;
  private long owner;

  Accepting(Acceptance acceptance) {
    this.acceptance = acceptance;
  }

  Acceptance acceptance() {
    return acceptance;
  }

  MessageFacts facts() {
    return acceptance.facts();
  }

  BodyLocation location() {
    return location;
  }

  void storedAt(BodyLocation where) {
    this.location = where;
  }

  /// Whether its rows are born leased to this node and go straight to delivery.
  boolean handOver() {
    return handOver;
  }

  void decideHandOver(boolean decision) {
    this.handOver = decision;
  }

  /// The incarnation of this node to which the rows were leased.
  long owner() {
    return owner;
  }

  void leasedTo(long incarnation) {
    this.owner = incarnation;
  }

  boolean needsDelivery() {
    return acceptance.recipients().stream().anyMatch(r -> r.suppressedFor() == null);
  }
}
