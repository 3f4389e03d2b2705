/// The keys by which applications mark a message that they may hand in again.
///
/// **What comes before:** `admission` read the key from the header and took a digest of what the
/// message is.
///
/// **What this room promises:** within a day a key stands for one message, also after a restart and
/// on several nodes: who hands the same in again gets the first one's name and no second mail, who
/// hands in something else under it is told so.
///
/// **What comes after:** `queue` writes the key in the transaction that accepts the message;
/// `submission` answers.
///
/// Read [dev.waybill.relay.idempotency.IdempotencyKey],
/// [dev.waybill.relay.idempotency.Idempotency], then `IdempotencyStore`.
@NullMarked
package dev.waybill.relay.idempotency;

import org.jspecify.annotations.NullMarked;
