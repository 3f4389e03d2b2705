package dev.waybill.relay.transport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Which policies of recipients' domains are asked for (`delivery.mta-sts`, `delivery.dane`). A
/// value.
///
/// @param mtaSts whether MTA-STS policies are
/// @param dane whether TLSA records are
/// @param hostPort where mail hosts listen, 25 but for tests and the sandbox
/// @param policyPort where policy hosts listen, 443 but for tests
/// @param policyLimit how long a policy host may take
/// @param trustedCertificates a PEM file of the authorities that count; empty for those of the Java
///   runtime
public record TransportSettings(
    boolean mtaSts,
    boolean dane,
    int hostPort,
    int policyPort,
    Duration policyLimit,
    Optional<Path> trustedCertificates) {
  private static final int HTTPS = 443;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// As it is but for tests.
  public static TransportSettings of(
      boolean mtaSts, boolean dane, int hostPort, Optional<Path> trustedCertificates) {
    return new TransportSettings(mtaSts, dane, hostPort, HTTPS, PATIENCE, trustedCertificates);
  }
}
