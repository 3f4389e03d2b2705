package dev.waybill.relay.dns;

/// One MX record.
///
/// @param preference lower is tried first, 0 to 65,535
/// @param exchange the host's name without trailing dot, lower case; empty for the null MX (RFC
///   7505)
public record Mx(int preference, String exchange) {}
