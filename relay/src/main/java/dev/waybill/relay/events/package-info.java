/// What can happen, and the journal of what did.
///
/// Before it: every room that makes something happen. It promises that an event is written in the
/// same commit as the change it tells of, is never changed and keeps its order, and that the mail
/// behind it, where there is any, is kept for as long. After it: the admin API, the metrics and
/// whoever reads the journal.
///
/// Read [EventType], [Event], [DeliveryKey], [RawReport], then [Journal].
@NullMarked
package dev.waybill.relay.events;

import org.jspecify.annotations.NullMarked;
