package dev.waybill.cli.handout;

import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.records.DnsRecord;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What is told to the person who looks after the DNS of a domain. Immutable.
///
/// @param domain the domain
/// @param relay the host name of the relay that asks
/// @param note words of the person who asks; empty for none
/// @param wanted the records to publish, the required ones first
/// @param right the records that are there already
public record Handout(
    String domain, String relay, String note, List<DnsRecord> wanted, List<DnsRecord> right) {
  private static final int LONGEST_NOTE = 4000;

  public Handout {
    wanted = List.copyOf(wanted);
    right = List.copyOf(right);
  }

  /// @param domain the domain's view
  /// @param status the relay's `/status`
  /// @param note words of the person who asks; empty for none
  public static Handout of(JsonNode domain, JsonNode status, String note) throws Failure {
    String name = checked("domain", Column.text(domain.path("name")));
    String relay = checked("hostname", Column.text(status.path("hostname")));
    String said = note.strip();
    boolean readable =
        said.codePoints().noneMatch(c -> c != '\n' && c != '\t' && Character.isISOControl(c));
    if (said.length() > LONGEST_NOTE || !readable) {
      throw new Failure(
          ExitCode.USAGE,
          "--note: %d characters (expected: at most %d, none of them a control character)"
              .formatted(said.length(), LONGEST_NOTE),
          "");
    }
    List<DnsRecord> records = DnsRecord.of(domain.path("records"));
    List<DnsRecord> wanted =
        records.stream()
            .filter(record -> !record.verified())
            .sorted((a, b) -> Boolean.compare(b.required(), a.required()))
            .toList();
    return new Handout(
        name, relay, said, wanted, records.stream().filter(DnsRecord::verified).toList());
  }

  /// The subject of the mail.
  public String subject() {
    return wanted.isEmpty()
        ? "DNS records for " + domain + ": everything is there"
        : "DNS records for " + domain + ": please publish " + count(wanted.size());
  }

  /// A number of records in words.
  static String count(int records) {
    return records == 1 ? "1 record" : records + " records";
  }

  private static String checked(String field, String name) throws Failure {
    if (!DnsRecord.isHostName(name)) {
      throw new Failure(
          ExitCode.FAILED, "the relay sent a " + field + " that is no name: '" + name + "'", "");
    }
    return name;
  }
}
