package dev.waybill.relay.doctor;

import java.net.InetAddress;

/// An address that receivers see mail come from.
///
/// @param origin how it is known, for people
/// @param heloName what is said in EHLO from there
record Source(InetAddress address, String origin, String heloName) {
  /// As text, without a zone.
  String text() {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }
}
