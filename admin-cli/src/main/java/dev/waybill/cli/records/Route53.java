package dev.waybill.cli.records;

import dev.waybill.cli.output.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes a change batch of Route 53. `CREATE` and not `UPSERT`: a record set that exists already,
/// say a stricter DMARC policy, makes Route 53 refuse the batch and name it, and is not replaced.
/// Stateless.
final class Route53 {
  private Route53() {}

  static String write(String domain, List<DnsRecord> records) {
    ObjectNode batch = Json.object();
    batch.put("Comment", "Waybill's records of " + domain);
    ArrayNode changes = batch.putArray("Changes");
    for (RecordSet set : RecordSet.of(records)) {
      ObjectNode change = changes.addObject();
      change.put("Action", "CREATE");
      ObjectNode resource = change.putObject("ResourceRecordSet");
      resource.put("Name", set.name());
      resource.put("Type", set.type());
      resource.put("TTL", set.seconds());
      ArrayNode values = resource.putArray("ResourceRecords");
      set.records().forEach(record -> values.addObject().put("Value", record.data()));
    }
    return Json.pretty(batch) + "\n";
  }
}
