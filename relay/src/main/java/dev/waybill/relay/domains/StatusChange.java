package dev.waybill.relay.domains;

import java.time.Instant;
import java.util.UUID;

/// Something that happened to a domain.
///
/// @param id ordered by time
/// @param status after it; as `previous` where something else changed
/// @param reason in plain words, at most 2,000 characters
public record StatusChange(
    UUID id, Instant at, DomainStatus status, DomainStatus previous, String reason) {}
