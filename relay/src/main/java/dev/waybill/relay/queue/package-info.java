/// The durable queue: the wall between the half that takes mail and the half that sends it.
///
/// Before it: admission, which judged a message worth accepting. It promises that an accepted
/// message is on stable storage before anybody is told so, that each delivery is handed to one node
/// at a time until it is settled, and that trouble with the storage turns new mail away first.
/// After it: delivery, which tries and reports an [AttemptOutcome].
///
/// Read [Acceptance], [Queue], [AttemptOutcome], [RetrySchedule], [HealthGate], [HistoryStore];
/// within: `Accepting`, `AcceptStore`, `Claims`, `SettlementRules`, `SettleStore`, `NodeLease`,
/// `BodyStore` with `SegmentSweepStore`.
@NullMarked
package dev.waybill.relay.queue;

import org.jspecify.annotations.NullMarked;
