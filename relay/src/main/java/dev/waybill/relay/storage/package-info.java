/// The database and what "durable" means: one pool, one schema, one group commit.
///
/// Before it: the ledgers and the queue, which bring rows. It promises that a completed write is on
/// stable storage, on the embedded engine as on the server. After it: the disk.
///
/// Read [DatabaseSettings], [Database], [Dialect], then [GroupCommit].
@NullMarked
package dev.waybill.relay.storage;

import org.jspecify.annotations.NullMarked;
