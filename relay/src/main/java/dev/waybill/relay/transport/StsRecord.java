package dev.waybill.relay.transport;

import java.util.List;
import java.util.Optional;

/// The text at `_mta-sts.<domain>`, which says that there is a policy and when it changed (RFC 8461
/// §3.1). A value.
///
/// @param id 1 to 32 letters and digits
record StsRecord(String id) {
  private static final String VERSION = "v=STSv1";

  /// Finds the record among the texts at the name.
  ///
  /// @return empty when there is none, more than one, or one that does not follow the grammar
  static Optional<StsRecord> among(List<String> texts) {
    List<String> records = texts.stream().filter(StsRecord::isOne).toList();
    return records.size() == 1 ? read(records.getFirst()) : Optional.empty();
  }

  private static boolean isOne(String text) {
    if (!text.startsWith(VERSION)) {
      return false;
    }
    String rest = text.substring(VERSION.length()).stripLeading();
    return rest.isEmpty() || rest.startsWith(";");
  }

  private static Optional<StsRecord> read(String text) {
    for (String field : text.split(";", -1)) {
      String[] pair = field.strip().split("=", 2);
      if (pair.length == 2 && pair[0].equals("id")) {
        return isId(pair[1]) ? Optional.of(new StsRecord(pair[1])) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static boolean isId(String text) {
    return !text.isEmpty()
        && text.length() <= 32
        && text.chars()
            .allMatch(
                c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
  }
}
