package dev.waybill.relay.queue;

import org.jspecify.annotations.Nullable;

/// A message on its way through the group commit. Used by one thread at a time: the submitting one,
/// then the committing one, then whoever the completed future wakes.
final class Accepting {
  private final Acceptance acceptance;
  private final @Nullable String heldFor;
  private BodyLocation location = BodyLocation.TABLE;
  private boolean handOver;
  private long owner;

  /// @param heldFor why its deliveries wait for an operator; null where they do not
  Accepting(Acceptance acceptance, @Nullable String heldFor) {
    this.acceptance = acceptance;
    this.heldFor = heldFor;
  }

  /// Why its deliveries are born held; null where they are not.
  @Nullable String heldFor() {
    return heldFor;
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
