/// What was said in each attempt at a delivery, kept for some days for the operator to read.
///
/// *Before it:* delivery hands in every [Attempt] as it ends, with the dialogues as the SMTP client
/// wrote them down. *Promise:* handing in costs a moment and never waits, fails or holds up
/// anything; what is kept is bounded in age and size, and whatever cannot be kept is counted and
/// let go of. Transcripts are no mail: a crash may lose the last second of them. *After it:* the
/// admin API shows what happened to a message.
///
/// Reading order: [Attempt], [Transcripts], [Transcript], [TranscriptSettings]; within: `Block`,
/// `Shelf` with `FolderShelf` (embedded database) and `ShelfStore` (shared database).
@NullMarked
package dev.waybill.relay.transcripts;

import org.jspecify.annotations.NullMarked;
