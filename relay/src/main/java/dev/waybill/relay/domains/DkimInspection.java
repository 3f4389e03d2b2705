package dev.waybill.relay.domains;

import dev.waybill.relay.dkim.DkimRecord;
import java.util.List;
import java.util.Locale;

/// Judges a published DKIM key by its key material, not by its spelling (RFC 6376 §3.6.1).
/// Stateless; any thread.
final class DkimInspection {
  private static final String NO_BASE64 = "[^A-Za-z0-9+/=]";

  private DkimInspection() {}

  /// @param texts everything published at the selector, at least one
  /// @param expected the text of our own record
  static Finding judge(List<String> texts, String expected) {
    if (texts.size() > 1) {
      // RFC 6376 §3.6.2.2: what receivers make of several records is undefined
      return new Finding.Wrong(
          "There are %d TXT records at this name (%s); leave only the one with our key."
              .formatted(texts.size(), Finding.shown(texts)));
    }
    String text = texts.getFirst();
    if (isTorn(text, expected)) {
      return new Finding.Wrong(
          ("The key is ours with something else in its middle, such as quotation marks or a"
                  + " backslash where it was split: %s. Enter the value in one piece, or as several"
                  + " strings if your DNS host asks for them.")
              .formatted(Finding.shown(strays(text))));
    }
    if (text.indexOf('"') >= 0) {
      return new Finding.Wrong(
          "The value contains quotation marks; enter it without any: %s".formatted(shown(text)));
    }
    return switch (DkimRecord.parse(text)) {
      case DkimRecord.Key(DkimRecord record) -> judgeKey(record, text, expected);
      case DkimRecord.Revoked() -> new Finding.Wrong("The key is revoked: its p= tag is empty.");
      case DkimRecord.Malformed(String problem) ->
          isTruncated(text, expected)
              ? truncated(text, expected)
              : new Finding.Wrong(
                  "The record is no DKIM key: %s. It reads %s"
                      .formatted(Finding.shown(problem), shown(text)));
    };
  }

  private static Finding judgeKey(DkimRecord record, String text, String expected) {
    if (DkimRecord.parse(expected) instanceof DkimRecord.Key(DkimRecord ours)
        && record.publicKey().equals(ours.publicKey())) {
      return new Finding.Right(
          record.testing()
              ? "The published key is ours; t=y tells receivers that it is only a test."
              : "The published key is ours.");
    }
    return isTruncated(text, expected)
        ? truncated(text, expected)
        : new Finding.Wrong("Another key is published here than the one that signs.");
  }

  private static Finding truncated(String text, String expected) {
    return new Finding.Wrong(
        "The key is cut short: %d of %d characters of its p= tag arrived. Long values are entered"
                .formatted(keyText(text).length(), keyText(expected).length())
            + " as several quoted strings of at most 255 characters.");
  }

  private static boolean isTruncated(String text, String expected) {
    String found = keyText(text);
    String whole = keyText(expected);
    return !found.isEmpty() && found.length() < whole.length() && whole.startsWith(found);
  }

  /// The Base64 of the `p=` tag without white space; empty when there is none.
  private static String keyText(String text) {
    for (String tag : text.split(";", -1)) {
      String stripped = tag.strip();
      if (stripped.toLowerCase(Locale.ROOT).startsWith("p=")) {
        StringBuilder key = new StringBuilder();
        stripped.substring(2).chars().filter(c -> c > ' ').forEach(c -> key.append((char) c));
        return key.toString();
      }
    }
    return "";
  }

  /// Whether the key becomes ours once what is no Base64 is taken out of it.
  private static boolean isTorn(String text, String expected) {
    String found = keyText(text);
    String kept = found.replaceAll(NO_BASE64, "");
    // quotation marks around the whole value are another mistake
    return !kept.equals(found)
        && kept.equals(keyText(expected))
        && !found.replaceAll("\"$", "").equals(kept);
  }

  private static String strays(String text) {
    return keyText(text).replaceAll("[A-Za-z0-9+/=]+", " ").strip();
  }

  private static String shown(String text) {
    return Finding.shown(List.of(text));
  }
}
