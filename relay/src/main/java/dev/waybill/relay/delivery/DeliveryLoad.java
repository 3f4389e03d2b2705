package dev.waybill.relay.delivery;

/// What the engine holds at a moment.
///
/// @param planning deliveries whose domain is being looked up
/// @param waiting deliveries that wait for a connection of their site
/// @param attempting deliveries under way
/// @param sites destination sites with work
public record DeliveryLoad(int planning, int waiting, int attempting, int sites) {
  /// Every delivery that was accepted and has no outcome yet.
  public int deliveries() {
    return planning + waiting + attempting;
  }
}
