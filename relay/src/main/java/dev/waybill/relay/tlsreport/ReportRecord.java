package dev.waybill.relay.tlsreport;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The text at `_smtp._tls.<domain>`, by which a domain asks for reports (RFC 8460 §3). A value.
///
/// @param uris where they go, those that can be used, at most [#MAX_URIS]
record ReportRecord(List<String> uris) {
  static final int MAX_URIS = 2;
  private static final int MAX_URI = 1_000;
  private static final String VERSION = "v=TLSRPTv1";

  ReportRecord {
    uris = List.copyOf(uris);
  }

  /// Finds the record among the texts at the name.
  ///
  /// @return empty when there is none, more than one, or one with nothing to use
  static Optional<ReportRecord> among(List<String> texts) {
    List<String> records = texts.stream().filter(ReportRecord::isOne).toList();
    return records.size() == 1 ? read(records.getFirst()) : Optional.empty();
  }

  private static boolean isOne(String text) {
    return text.startsWith(VERSION)
        && text.substring(VERSION.length()).stripLeading().startsWith(";");
  }

  private static Optional<ReportRecord> read(String text) {
    for (String field : text.split(";", -1)) {
      String[] pair = field.strip().split("=", 2);
      if (pair.length == 2 && pair[0].equals("rua")) {
        List<String> uris = new ArrayList<>();
        for (String uri : pair[1].split(",", -1)) {
          String bare = uri.strip();
          if (uris.size() < MAX_URIS
              && bare.length() <= MAX_URI
              && !uris.contains(bare)
              && Place.of(bare).isPresent()) {
            uris.add(bare);
          }
        }
        return uris.isEmpty() ? Optional.empty() : Optional.of(new ReportRecord(uris));
      }
    }
    return Optional.empty();
  }
}
