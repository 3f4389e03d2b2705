/// DKIM as a standard (RFC 6376, RFC 8301, RFC 8463): keys, their DNS records, and signatures.
///
/// Before it stands `message`, which says where header fields and the body are. This room promises
/// that a signature covers exactly the bytes it was given and verifies elsewhere, for empty bodies,
/// raw 8-bit headers and any locale too; it keeps no keys and asks no DNS. After it come `domains`,
/// which owns the keys and compares published records, and `rendering`, which signs every copy
/// last.
///
/// Read [SigningKey] and [DkimKeys], then [DkimRecord], then [DkimSigner] with [Canonicalization]
/// and [SignatureEngine].
@NullMarked
package dev.waybill.relay.dkim;

import org.jspecify.annotations.NullMarked;
