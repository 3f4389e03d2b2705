/// What operators see of waiting deliveries, and what they do with them.
///
/// Before it: the `queue`, whose rows these are. It promises that nobody means more than was said,
/// that what was done is durable before it is answered and told in the journal where mail ends, and
/// that a delivery in a node's hands follows a wish as soon as it is let go of, whatever happens to
/// the node. After it: `admin`, through which operators speak.
///
/// Read [Operations] with [Operation] and [Selection]; then `OperationStore`.
@NullMarked
package dev.waybill.relay.operations;

import org.jspecify.annotations.NullMarked;
