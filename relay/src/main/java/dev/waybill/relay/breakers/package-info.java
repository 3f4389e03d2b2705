/// Circuit breakers: a stream whose mail bounces or is complained about too often is stopped before
/// receivers stop the whole domain.
///
/// Before it: what became of each copy, counted in the commit that tells it, and reports that come
/// later. It promises that figures and states outlast every node, that a handful of messages trips
/// nothing, that mail of a transactional stream is never held, and that after a release only what
/// is sent from then on counts. After it: the `queue`, which holds what is accepted for a stream
/// that is held, and `operations`, which holds and releases what waits already.
///
/// Read [Breakers] with [Breaker] and [BreakerSettings]; then [TallyStore] and `BreakerStore`.
@NullMarked
package dev.waybill.relay.breakers;

import org.jspecify.annotations.NullMarked;
