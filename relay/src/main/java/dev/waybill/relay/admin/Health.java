package dev.waybill.relay.admin;

import dev.waybill.relay.queue.HealthGate;

/// The health gate's state in words.
///
/// @param name `open`, `congested` or `broken`
/// @param reason empty when open
record Health(String name, String reason) {
  static Health of(HealthGate.State state) {
    return switch (state) {
      case HealthGate.State.Open() -> new Health("open", "");
      case HealthGate.State.Congested(String reason) -> new Health("congested", reason);
      case HealthGate.State.Broken(String reason) -> new Health("broken", reason);
    };
  }

  boolean isOpen() {
    return name.equals("open");
  }
}
