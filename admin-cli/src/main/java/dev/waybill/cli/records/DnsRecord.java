package dev.waybill.cli.records;

import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// One record to publish, as the API describes it. Immutable.
///
/// @param purpose what it is for: `SPF`, `DKIM`, `DMARC`, `Tracking`
/// @param name relative to the domain; `@` for the domain itself
/// @param fqdn the absolute name without a final dot
/// @param type `MX`, `TXT` or `CNAME`; any other is taken to have a host name as its value
/// @param value without quotes and without priority; visible ASCII, since it is pasted into other
///   programs
/// @param priority of an MX record; 0 for others
/// @param seconds the time to live
/// @param required whether the domain verifies only with it
/// @param status what was last seen
/// @param explanation what was found and what is wrong with it, or what it is for while nobody
///   looked; may be empty
public record DnsRecord(
    String purpose,
    String name,
    String fqdn,
    String type,
    String value,
    int priority,
    int seconds,
    boolean required,
    String status,
    String explanation) {
  /// What stands in the DNS now, as far as somebody looked; else empty.
  public String seen() {
    return status.equals("not_started") ? "" : explanation;
  }

  /// The longest string inside a TXT record (RFC 1035 §3.3).
  public static final int LONGEST_STRING = 255;

  private static final int DEFAULT_PRIORITY = 10;
  private static final int DEFAULT_SECONDS = 3600;
  private static final int LONGEST_VALUE = 16 * 1024;
  private static final Pattern HOST_NAME =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\\.?");

  /// Reads the records of a domain.
  ///
  /// @throws Failure when a name or value could not be pasted anywhere
  public static List<DnsRecord> of(Iterable<JsonNode> records) throws Failure {
    List<DnsRecord> all = new ArrayList<>();
    for (JsonNode record : records) {
      all.add(of(record));
    }
    return List.copyOf(all);
  }

  private static DnsRecord of(JsonNode record) throws Failure {
    String type = Column.text(record.path("type"));
    String fqdn = Column.text(record.path("fqdn"));
    String value = Column.text(record.path("value"));
    check("type", type, type.matches("[A-Z0-9]{1,16}"));
    check("fqdn", fqdn, isHostName(fqdn));
    check(
        "value",
        value,
        !value.isEmpty()
            && value.length() <= LONGEST_VALUE
            && value.chars().allMatch(c -> c >= ' ' && c < 127)
            && (type.equals("TXT") || isHostName(value)));
    return new DnsRecord(
        Column.text(record.path("record")),
        Column.text(record.path("name")),
        fqdn,
        type,
        value,
        type.equals("MX") ? record.path("priority").asInt(DEFAULT_PRIORITY) : 0,
        record.path("ttl").asInt(DEFAULT_SECONDS),
        record.path("required").asBoolean(false),
        Column.text(record.path("status")),
        Column.text(record.path("explanation")));
  }

  /// Whether a name holds nothing that could end it early in any of the formats.
  public static boolean isHostName(String name) {
    return HOST_NAME.matcher(name).matches();
  }

  private static void check(String field, String value, boolean valid) throws Failure {
    if (!valid) {
      throw new Failure(
          ExitCode.FAILED,
          "the relay sent a record that cannot be published: " + field + " '" + value + "'",
          "");
    }
  }

  /// Whether a look-up has found it.
  public boolean verified() {
    return status.equals("verified");
  }

  /// The value as zone files write it: a host name with its final dot, an MX with its priority, and
  /// a TXT in as many quoted strings of 255 bytes as it needs.
  public String data() {
    return switch (type) {
      case "MX" -> priority + " " + absolute(value);
      case "CNAME" -> absolute(value);
      case "TXT" -> String.join(" ", quotedStrings());
      default -> value;
    };
  }

  /// The strings of a TXT value, each of at most 255 bytes; receivers join them without a space
  /// (RFC 7208 §3.3).
  public List<String> strings() {
    List<String> strings = new ArrayList<>();
    for (int start = 0; start < value.length(); start += LONGEST_STRING) {
      strings.add(value.substring(start, Math.min(value.length(), start + LONGEST_STRING)));
    }
    return strings;
  }

  /// The same, quoted and escaped (RFC 1035 §5.1).
  public List<String> quotedStrings() {
    return strings().stream()
        .map(text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .toList();
  }

  /// A host name with its final dot.
  static String absolute(String host) {
    return host.endsWith(".") ? host : host + ".";
  }
}
