/// The web door that recipients reach from their mail: opens, clicks, unsubscribing.
///
/// **What comes before:** a delivered copy carried authenticated tokens in its links; a mail
/// program, a browser, a mailbox provider or a link scanner follows one of them, perhaps years
/// later.
///
/// **What this room promises:** a link always leads on, whatever state the database is in; a forged
/// or altered token leads nowhere, and so does a host that is not ours; opening or scanning the
/// unsubscribe page changes nothing; who is told "unsubscribed" is durably on the suppression list
/// by then. Machines are labelled, not dropped, and of an address no more is kept than the operator
/// said.
///
/// **What comes after:** opens and clicks go to the journal in batches, in the background, and by
/// way of a file while it does not take them; unsubscribing goes to the suppression list at once.
///
/// Read [TrackingDoor], [TrackingSettings], [Privacy] and `Hosts`; then `Visitors`, `Visit`,
/// `Sighting`, `Backlog`, `Recorder`, `Spill` and `SightingForm`; `Machines`, `MachineReason`,
/// `RecentDeliveries` and `LinkSweeps` tell who is no person; `Pages`, `Sender`, `Logos` and
/// `Destination` hold what the browser gets.
@NullMarked
package dev.waybill.relay.tracking;

import org.jspecify.annotations.NullMarked;
