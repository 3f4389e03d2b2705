/// The ledger of aggregate reports (RFC 9990, RFC 7489 §7.2): who sends as a domain, and what
/// receivers make of it.
///
/// **Before it:** letters to `dmarc@`, whose reports `report.aggregate` reads. Nobody vouches for
/// them: anybody may write there, and a report is a claim. **What it promises:** reports about
/// other domains, about times that cannot be, and more of them than a domain gets, are not taken;
/// the same report is taken once; rows go after `retention.dmarc-reports`; a report is written in
/// the transaction of its event or not at all. Nothing that a report says ever changes what becomes
/// of mail: no suppression, no bounce, no hold. Advice is given only on evidence, and says so where
/// there is too little. **After it:** the admin API shows it.
///
/// Reading order: [dev.waybill.relay.dmarc.DmarcReports], [dev.waybill.relay.dmarc.Filing],
/// [dev.waybill.relay.dmarc.Summary] with [dev.waybill.relay.dmarc.Sender] and
/// [dev.waybill.relay.dmarc.Advice], [dev.waybill.relay.dmarc.StoredReport],
/// [dev.waybill.relay.dmarc.OwnSources]; within: `FilingStore`, `FigureStore`, `Advisor`.
@NullMarked
package dev.waybill.relay.dmarc;

import org.jspecify.annotations.NullMarked;
