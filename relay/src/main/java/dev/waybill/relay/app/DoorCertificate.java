package dev.waybill.relay.app;

import dev.waybill.relay.config.RelaySettings;
import dev.waybill.relay.tls.ServerCertificate;
import java.io.IOException;
import java.nio.file.Path;

/// What the doors show to clients: the operator's certificate, or one of the relay's own making.
final class DoorCertificate {
  private DoorCertificate() {}

  /// @throws IOException when it cannot be read, or the own one cannot be kept
  static ServerCertificate of(RelaySettings settings, Path dataDir) throws IOException {
    return settings.certificate().isPresent()
        ? ServerCertificate.configured(
            settings.certificate().get().chain(), settings.certificate().get().key())
        : ServerCertificate.selfSigned(dataDir, settings.machine().hostname());
  }
}
