package dev.waybill.relay.doctor;

import dev.waybill.relay.domains.DnsRecord;
import java.util.ArrayList;
import java.util.List;

/// A record as a zone file holds it (RFC 1035 §5.1), to paste. Stateless; any thread.
final class ZoneLine {
  /// The longest of the strings that a TXT record is made of (RFC 1035 §3.3).
  private static final int MAX_STRING = 255;

  private ZoneLine() {}

  static String of(DnsRecord record) {
    String data =
        switch (record.type()) {
          case "MX" -> record.priority() + " " + record.value() + ".";
          case "TXT" -> quoted(record.value());
          default -> record.value() + ".";
        };
    return "%s. IN %s %s".formatted(record.name(), record.type(), data);
  }

  private static String quoted(String text) {
    List<String> strings = new ArrayList<>();
    for (int at = 0; at < text.length(); at += MAX_STRING) {
      strings.add('"' + text.substring(at, Math.min(text.length(), at + MAX_STRING)) + '"');
    }
    return String.join(" ", strings);
  }
}
