/// The DNS as this relay needs it: MX, addresses, texts and aliases, and who takes a domain's mail.
///
/// *Before it:* a name somebody else chose (a recipient's domain, a record to verify). *Promise:*
/// "the DNS said no" and "the DNS did not say" are different types ([Lookup]), so that a silent
/// server never turns into a bounce; every look-up ends within the resolver's time-out; answers are
/// kept for as long as their TTL says. *After it:* delivery plans its hosts by [MailHosts], domains
/// judge their records.
///
/// Records to verify are asked for in two ways, at the zone's own servers and at the resolvers
/// ([AuthoritativeRecords]), and what receivers make of published policies is read here too:
/// [SpfEvaluation] (RFC 7208) and [DmarcRecord].
///
/// Reading order: [Lookup], [Mx], [PublishedRecords], [Resolver] with `TypedRecords`,
/// `DnsConversation` and `DnsReading`, [MailHosts], [SecureResolver] with [TrustAnchors] and
/// [Tlsa], [AuthoritativeRecords] with `AuthoritativeLook` and `ZoneServers`, [SpfEvaluation] with
/// [SpfResult], `SpfWalk`, `SpfRecord`, `SpfTerm` and `SpfNetwork`, [DmarcRecord].
@NullMarked
package dev.waybill.relay.dns;

import org.jspecify.annotations.NullMarked;
