package dev.waybill.cli.records;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All records of one name and type, which some DNS hosts know only together. Immutable.
///
/// @param name the absolute name without a final dot
/// @param type the record type
/// @param records at least one
record RecordSet(String name, String type, List<DnsRecord> records) {

  RecordSet {
    records = List.copyOf(records);
  }

  /// Groups records, keeping their order.
  static List<RecordSet> of(List<DnsRecord> records) {
    Map<String, List<DnsRecord>> groups = new LinkedHashMap<>();
    for (DnsRecord record : records) {
      groups
          .computeIfAbsent(record.fqdn() + " " + record.type(), _ -> new ArrayList<>())
          .add(record);
    }
    return groups.values().stream()
        .map(group -> new RecordSet(group.getFirst().fqdn(), group.getFirst().type(), group))
        .toList();
  }

  /// The shortest time to live among them; a set has only one.
  int seconds() {
    return records.stream().mapToInt(DnsRecord::seconds).min().orElseThrow();
  }
}
