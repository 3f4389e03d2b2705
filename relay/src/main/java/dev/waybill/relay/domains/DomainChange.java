package dev.waybill.relay.domains;

import org.jspecify.annotations.Nullable;

/// A change of a domain's settings; null leaves a setting as it is.
public record DomainChange(
    @Nullable Boolean openTracking,
    @Nullable Boolean clickTracking,
    @Nullable String trackingSubdomain,
    @Nullable Boolean requireTls) {}
