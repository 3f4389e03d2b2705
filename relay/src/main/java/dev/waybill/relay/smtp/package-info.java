/// The client's half of SMTP (RFC 5321): one connection, one session, one thread.
///
/// *Before it:* a host's address that somebody picked and a message that somebody rendered.
/// *Promise:* exact bytes out (dot-stuffed, nothing else), a bounded and strict reading of what
/// comes back, a deadline on every step, and results that are values; nothing a host does raises an
/// exception out of [ClientSession]. *After it:* delivery turns the [TransactionResult] into an
/// outcome.
///
/// Reading order: [Reply], [EnhancedStatus], [SmtpClient], [Way], [Dialing], [TlsPolicy] with
/// [CertificateAssociation] and `DaneTrust`, [Opening], [Extensions], [Envelope], [ClientSession],
/// [TransactionResult], [Dialogue], [ClientTimeouts], [IpNetwork].
@NullMarked
package dev.waybill.relay.smtp;

import org.jspecify.annotations.NullMarked;
