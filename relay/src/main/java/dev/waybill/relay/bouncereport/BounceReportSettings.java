package dev.waybill.relay.bouncereport;

import dev.waybill.relay.message.DomainName;
import java.util.Objects;

/// Whether applications are told by mail what came back (`delivery.bounce-reports`).
///
/// @param hostname our own
public record BounceReportSettings(boolean enabled, DomainName hostname) {
  public BounceReportSettings {
    Objects.requireNonNull(hostname, "hostname");
  }
}
