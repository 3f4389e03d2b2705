package dev.waybill.relay.app;

/// Where a relay's doors really listen, as port numbers.
public record Ports(int submission, int submissionTls, int feedback, int tracking, int admin) {}
