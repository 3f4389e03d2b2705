/// Who gets no mail: addresses that bounced, complained, unsubscribed or were entered by hand.
///
/// Before this room come the doors that learn of it late (a bounce report, a spam complaint, a
/// click on "unsubscribe") and the operator. It promises that an address, once added, is found by
/// every later question whose domain and stream it covers, whatever the case of its letters, and
/// that adding or removing one and the event that tells of it are stored together or not at all.
/// After it comes admission, which asks before a copy is made.
///
/// | learnt from | covers |
/// |---|---|
/// | a hard bounce, a complaint | the domain, any stream |
/// | an unsubscription | the domain, the stream that was unsubscribed from: `marketing` means all lists |
/// | an operator | what the operator says, every domain included |
///
/// Reading order: [Suppression], [Suppressions], `SuppressionStore`.
@NullMarked
package dev.waybill.relay.suppression;

import org.jspecify.annotations.NullMarked;
