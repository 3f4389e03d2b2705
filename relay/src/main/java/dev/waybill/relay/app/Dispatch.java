package dev.waybill.relay.app;

import dev.waybill.relay.delivery.HardBounces;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.rendering.RenderedCopy;
import dev.waybill.relay.rendering.Renderer;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.tracking.TrackingDoor;

/// Gives the carriers the copy that leaves and takes what became of it. Any thread may use it.
///
/// @param hardBounces hears of what is settled
record Dispatch(
    Queue queue,
    Domains domains,
    Renderer renderer,
    TrackingDoor tracking,
    HardBounces hardBounces) {

  /// The copy for a host, at the last moment before it is sent.
  ///
  /// @throws StorageException when another node has the delivery by now
  RenderedCopy render(ReadyDelivery ready, RenderedCopy.Host host) {
    if (!queue.holds(ready)) {
      throw new StorageException(
          ready.key() + " was taken over by another node",
          new IllegalStateException("the lease ran out"));
    }
    SendingDomain domain =
        domains
            .byId(ready.message().facts().domainId())
            .orElseThrow(() ->
                new IllegalStateException("the domain of " + ready.key() + " is not registered"));
    RenderedCopy copy = renderer.render(ready, domain, domains.signingKeys(domain.id()), host);
    tracking.leaves(ready.key());
    return copy;
  }

  void settle(ReadyDelivery ready, AttemptOutcome outcome) {
    tracking.settled(ready.key(), outcome instanceof AttemptOutcome.Delivered);
    var _ = queue.settle(ready, outcome).thenRun(() -> hardBounces.hear(ready, outcome));
  }

  /// It was not attempted.
  void release(ReadyDelivery ready) {
    tracking.settled(ready.key(), false);
    var _ = queue.release(ready);
  }
}
