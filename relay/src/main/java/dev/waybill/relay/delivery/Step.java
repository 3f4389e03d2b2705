package dev.waybill.relay.delivery;

/// What a worker is doing for its delivery, for whoever asks.
enum Step {
  PERMIT("waiting for a connection: all of delivery.total-connections are in use"),
  PROBE("waiting for a connection: too many sites that were down are being tried"),
  CONNECTING("connecting"),
  MEMORY("waiting for memory: delivery.memory is in use"),
  SENDING("being sent");

  private final String words;

  Step(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
