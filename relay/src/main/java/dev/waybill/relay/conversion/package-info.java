/// Conversion: the same message for a host that takes less: no octets above 127 in bodies, or none
/// in header fields.
///
/// *Before it:* rendering, with a copy that is not signed yet. *Promise:* whoever decodes the
/// result gets the parts, octet for octet, and the header texts that the original had; whatever
/// else the message consists of stays as it is; the same message gives the same result; and where
/// that cannot be done with certainty, nothing is done. *After it:* the copy is signed.
///
/// Reading order: [SevenBitBody] with `QuotedPrintable`, [AsciiHeader] with `EncodedWordWriter` and
/// `MailboxListWriter`.
@NullMarked
package dev.waybill.relay.conversion;

import org.jspecify.annotations.NullMarked;
