package dev.waybill.cli.records;

import dev.waybill.cli.output.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes the body of Cloudflare's `POST /zones/{id}/dns_records/batch`. It only adds records, so
/// that an existing one is never overwritten, and never proxies: a proxied CNAME does not show its
/// target. Stateless.
final class Cloudflare {
  /// Cloudflare's word for "automatic".
  private static final int AUTOMATIC = 1;

  private Cloudflare() {}

  static String write(List<DnsRecord> records) {
    ObjectNode batch = Json.object();
    ArrayNode posts = batch.putArray("posts");
    for (DnsRecord record : records) {
      ObjectNode post = posts.addObject();
      post.put("type", record.type());
      post.put("name", record.fqdn());
      post.put("content", record.type().equals("TXT") ? record.data() : record.value());
      if (record.type().equals("MX")) {
        post.put("priority", record.priority());
      }
      if (record.type().equals("CNAME")) {
        post.put("proxied", false);
      }
      post.put("ttl", AUTOMATIC);
      post.put("comment", "Waybill " + record.purpose());
    }
    return Json.pretty(batch) + "\n";
  }
}
