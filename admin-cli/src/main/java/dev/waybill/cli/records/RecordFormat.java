package dev.waybill.cli.records;

import java.util.Locale;

/// How records are written for those who publish them.
public enum RecordFormat {
  /// For reading and for copying one value after the other.
  TABLE,
  /// What the API returned.
  JSON,
  /// RFC 4180 with a header line.
  CSV,
  /// Lines for a zone file (RFC 1035 §5); also what many DNS hosts import.
  BIND,
  /// The body of Cloudflare's `dns_records/batch` call.
  CLOUDFLARE,
  /// The change batch of Route 53's `change-resource-record-sets`.
  ROUTE53,
  /// Resources of Terraform's AWS provider.
  TERRAFORM;

  /// The name on the command line.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
