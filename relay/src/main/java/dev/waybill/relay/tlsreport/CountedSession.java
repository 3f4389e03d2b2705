package dev.waybill.relay.tlsreport;

import dev.waybill.relay.transport.TlsSession;
import java.time.LocalDate;

/// How many sessions of one day were alike. A value.
///
/// @param day in UTC
record CountedSession(LocalDate day, TlsSession session, long count) {}
