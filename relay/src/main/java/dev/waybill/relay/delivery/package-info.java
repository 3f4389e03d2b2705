/// Delivery: carries one recipient's copy to a host that takes the recipient's mail.
///
/// *Before it:* the queue hands over deliveries that are due, transport says how safely they have
/// to travel, rendering makes the copy when a connection is ready for it. *Promise:* every delivery
/// taken comes back exactly once, as an outcome or, at a stop, unattempted; only an explicit 5xx, a
/// null MX, a domain that does not exist and hosts none of which may have the mail (REQUIRETLS) are
/// permanent; our own fault is a `Fault` and never a bounce; a slow or dead site keeps no other
/// site waiting; no connection goes to a private address unless the operator allowed it, nor
/// carries mail that its recipient's domain wants more safely carried. *After it:* the queue
/// settles the outcome.
///
/// Reading order: [DeliverySettings], [DeliveryEngine], [Route], [MxPlan], [Sites], [Site],
/// [SiteWorker], [HostConnector] with [HostWays], [OwnAddresses] and [Reasons], [SecurityReport],
/// [AddressPolicy], [Outages].
@NullMarked
package dev.waybill.relay.delivery;

import org.jspecify.annotations.NullMarked;
