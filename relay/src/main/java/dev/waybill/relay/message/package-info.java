/// What a mail message is made of: names, addresses, header fields, parts, and cutting bytes.
///
/// Before this room there are only bytes that somebody sent; nothing here knows of the relay. It
/// promises to tell positions in those bytes and never to re-serialise them: what it cannot read
/// with certainty it says it cannot read, and every byte that is not asked to change stays. After
/// it come the standards built on messages (`dkim`, `report`) and every room that holds one.
///
/// Read [DomainName] and [EmailAddress], then [HeaderBlock], then [MimeOutline] with [FieldValue],
/// then [Splice].
@NullMarked
package dev.waybill.relay.message;

import org.jspecify.annotations.NullMarked;
