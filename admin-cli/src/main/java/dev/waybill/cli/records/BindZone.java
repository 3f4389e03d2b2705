package dev.waybill.cli.records;

import java.util.List;

/// Writes lines for a zone file (RFC 1035 §5). All names are absolute, so they fit whatever the
/// zone's origin is. Stateless.
final class BindZone {
  private BindZone() {}

  static String write(String domain, List<DnsRecord> records) {
    StringBuilder zone = new StringBuilder("; Waybill's records of " + domain + "\n");
    for (DnsRecord record : records) {
      zone.append(DnsRecord.absolute(record.fqdn()))
          .append('\t')
          .append(record.seconds())
          .append("\tIN\t")
          .append(record.type())
          .append('\t')
          .append(data(record))
          .append('\n');
    }
    return zone.toString();
  }

  private static String data(DnsRecord record) {
    List<String> strings = record.quotedStrings();
    if (!record.type().equals("TXT") || strings.size() == 1) {
      return record.data();
    }
    return "(\n\t" + String.join("\n\t", strings) + " )";
  }
}
