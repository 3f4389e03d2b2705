/// The ledger of API keys: who may submit mail and who may administer the relay.
///
/// Before this room, `storage` opened the database. It promises that a secret is shown once and
/// kept only as a hash, that checking a key touches no database, and that a removed key stops
/// working on this node at once and on other nodes at their next refresh. After it, `submission`
/// asks it at AUTH and at each RCPT, `queue` counts with each message what a key has used, and
/// `admin` asks it at every request.
///
/// Read [dev.waybill.relay.access.ApiKey], then [dev.waybill.relay.access.ApiKeys],
/// [dev.waybill.relay.access.KeyGuard], which makes guessing slow, and
/// [dev.waybill.relay.access.KeyAllowance], which knows how many recipients a key has left.
@NullMarked
package dev.waybill.relay.access;

import org.jspecify.annotations.NullMarked;
