package dev.waybill.cli.output;

import java.util.Locale;

/// How data is written.
public enum Format {
  /// Aligned columns for people.
  TABLE,
  /// What the API returned, indented.
  JSON,
  /// RFC 4180 with a header line.
  CSV;

  /// The name on the command line.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
