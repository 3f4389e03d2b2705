package dev.waybill.relay.queue;

import java.io.IOException;

/// The bytes of a body are not those that were written; trying again will not help.
final class DamagedBodyException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedBodyException(String message) {
    super(message);
  }
}
