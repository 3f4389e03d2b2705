package dev.waybill.cli.records;

import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Csv;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Terminal;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// Writes a domain's records in the format that was asked for, and says how to use it. One thread
/// uses it.
public final class RecordWriter {
  /// The columns of the CSV, and with fewer of them of the table in `domains show`.
  private static final List<Column> COLUMNS =
      List.of(
          Column.of("RECORD", "record"),
          Column.of("TYPE", "type"),
          Column.of("NAME", "name"),
          Column.of("FULL NAME", "fqdn"),
          Column.of("TTL", "ttl"),
          Column.of("PRIORITY", "priority"),
          Column.of("VALUE", "value"),
          Column.yesNo("REQUIRED", "required"),
          Column.of("STATUS", "status"),
          Column.prose("EXPLANATION", "explanation"));

  private final Terminal terminal;

  public RecordWriter(Terminal terminal) {
    this.terminal = terminal;
  }

  /// The columns that say how far each record is.
  public static List<Column> statusColumns() {
    List<String> shown = List.of("record", "type", "fqdn", "required", "status", "explanation");
    return COLUMNS.stream().filter(column -> shown.contains(column.field())).toList();
  }

  /// Writes records to the data stream, and to the talk stream the command that publishes them,
  /// where there is one.
  ///
  /// @param records the elements of the domain's `records`
  public void write(String domain, List<JsonNode> records, RecordFormat format) throws Failure {
    if (!DnsRecord.isHostName(domain)) {
      throw new Failure(
          ExitCode.FAILED, "the relay sent a domain that is no name: '" + domain + "'", "");
    }
    List<DnsRecord> parsed = DnsRecord.of(records);
    switch (format) {
      case TABLE ->
          terminal.out().print(RecordSheet.write(parsed, terminal.width(), terminal.paint()));
      case JSON -> {
        ArrayNode array = Json.object().putArray("records");
        records.forEach(array::add);
        terminal.out().println(Json.pretty(array));
      }
      case CSV -> {
        Csv csv = new Csv(terminal.out());
        csv.header(COLUMNS);
        records.forEach(record -> csv.item(COLUMNS, record));
      }
      case BIND -> terminal.out().print(BindZone.write(domain, parsed));
      case CLOUDFLARE -> terminal.out().print(Cloudflare.write(parsed));
      case ROUTE53 -> terminal.out().print(Route53.write(domain, parsed));
      case TERRAFORM -> terminal.out().print(Terraform.write(domain, parsed));
    }
    Optional<String> use = use(format);
    use.ifPresent(terminal::say);
    if (use.isPresent() && parsed.stream().anyMatch(DnsRecord::verified)) {
      terminal.say("Some of these are published already; leave them out with --missing.");
    }
  }

  private static Optional<String> use(RecordFormat format) {
    return switch (format) {
      case TABLE, JSON, CSV -> Optional.empty();
      case BIND -> Optional.of("To publish: append it to the zone file and raise the serial.");
      case CLOUDFLARE ->
          Optional.of(
              "To publish: curl -H \"Authorization: Bearer $CLOUDFLARE_API_TOKEN\" --json @FILE"
                  + " https://api.cloudflare.com/client/v4/zones/ZONE_ID/dns_records/batch");
      case ROUTE53 ->
          Optional.of(
              "To publish: aws route53 change-resource-record-sets --hosted-zone-id ZONE_ID"
                  + " --change-batch file://FILE");
      case TERRAFORM ->
          Optional.of("These are resources of hashicorp/aws; set the zone's id in the variable.");
    };
  }
}
