package dev.waybill.cli.records;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Writes resources of Terraform's AWS provider, one for each record set. That provider puts the
/// outer quotes around a TXT value itself and wants `""` between its strings. Stateless.
final class Terraform {
  private Terraform() {}

  static String write(String domain, List<DnsRecord> records) {
    String variable = "waybill_zone_id_" + identifier(domain);
    StringBuilder file =
        new StringBuilder(
            """
            variable "%s" {
              description = "Route 53 hosted zone of %s"
              type        = string
            }
            """
                .formatted(variable, domain));
    for (RecordSet set : RecordSet.of(records)) {
      file.append(
          """

          resource "aws_route53_record" "waybill_%s_%s" {
            zone_id = var.%s
            name    = %s
            type    = "%s"
            ttl     = %d
            records = [%s]
          }
          """
              .formatted(
                  identifier(set.name()),
                  set.type().toLowerCase(Locale.ROOT),
                  variable,
                  literal(set.name()),
                  set.type(),
                  set.seconds(),
                  set.records().stream().map(Terraform::value).collect(Collectors.joining(", "))));
    }
    return file.toString();
  }

  private static String value(DnsRecord record) {
    if (!record.type().equals("TXT")) {
      return literal(record.data());
    }
    String joined = String.join("", record.quotedStrings());
    return literal(joined.substring(1, joined.length() - 1));
  }

  /// A string literal of HCL: besides quotes and backslashes, `${` and `%{` begin a template.
  private static String literal(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("${", "$${").replace("%{", "%%{")
        + '"';
  }

  private static String identifier(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
  }
}
