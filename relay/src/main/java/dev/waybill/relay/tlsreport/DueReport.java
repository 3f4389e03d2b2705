package dev.waybill.relay.tlsreport;

import dev.waybill.relay.message.DomainName;
import java.time.Instant;
import java.time.LocalDate;

/// A report that is to go to one place. A value.
///
/// @param place counts the places that the domain wants it at, from 0
/// @param id the report's, the same at each place
/// @param attempts how many there were
/// @param nextAt when it is to be tried
/// @param givesUpAt when no more attempt is made
record DueReport(
    LocalDate day,
    DomainName domain,
    int place,
    String id,
    String uri,
    int attempts,
    Instant nextAt,
    Instant givesUpAt) {}
