package dev.waybill.relay.dmarc;

import java.util.Objects;

/// What this relay itself knows of a domain's mail. A value.
///
/// @param delivered copies that receivers took
/// @param days on which
public record SendLog(long delivered, Days days) {
  public SendLog {
    Objects.requireNonNull(days, "days");
  }
}
