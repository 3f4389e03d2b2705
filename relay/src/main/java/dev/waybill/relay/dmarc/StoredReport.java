package dev.waybill.relay.dmarc;

import java.time.Instant;
import java.util.UUID;

/// A report that was taken, without its rows. A value.
///
/// @param id ours, in the order of arrival
/// @param organization who says so
/// @param email whom to ask about it; may be empty
/// @param reportId the reporter's name for it
/// @param begin the first second that it is about
/// @param end the last one
/// @param receivedAt when it was taken
/// @param policyDomain where the policy was found
/// @param messages how many it tells of
/// @param passed how many of them pass
public record StoredReport(
    UUID id,
    String organization,
    String email,
    String reportId,
    Instant begin,
    Instant end,
    Instant receivedAt,
    String policyDomain,
    long messages,
    long passed) {}
