/// Tells recipients' domains every day how sessions with their hosts were secured (RFC 8460).
///
/// *Before it:* the room `transport`, which says of each session under which policy it was and how
/// it went. *Promise:* mail never waits for it and never fails because of it: sessions are counted
/// in memory, and what a crash takes is some seconds of counts; only domains that ask for reports
/// get some, one for each day from all nodes together, and what strangers can make us count, keep
/// and call on is bounded. *After it:* a report is posted by HTTPS, or is a letter in our own queue
/// that no policy keeps from going.
///
/// Reading order: [TlsReportSettings], [TlsReports], `SessionCounts` with `KeyBounds`,
/// `ReportRecord` with `Place`, `ReportRounds`, `ReportDocument` from `CountedSession`,
/// [ReportLetter], `Posting`, and the stores.
@NullMarked
package dev.waybill.relay.tlsreport;

import org.jspecify.annotations.NullMarked;
