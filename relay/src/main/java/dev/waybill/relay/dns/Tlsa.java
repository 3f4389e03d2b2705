package dev.waybill.relay.dns;

import java.util.HexFormat;
import java.util.Locale;

/// One TLSA record as published (RFC 6698 §2.1). A value.
///
/// @param usage 0 to 255, as are `selector` and `matching`
/// @param data in lower-case hexadecimal
public record Tlsa(int usage, int selector, int matching, String data) {
  public Tlsa {
    HexFormat.of().parseHex(data);
    data = data.toLowerCase(Locale.ROOT);
  }

  static Tlsa of(int usage, int selector, int matching, byte[] data) {
    return new Tlsa(usage, selector, matching, HexFormat.of().formatHex(data));
  }

  /// The record's data.
  public byte[] octets() {
    return HexFormat.of().parseHex(data);
  }
}
