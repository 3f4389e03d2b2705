package dev.waybill.relay.rendering;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.queue.MessageFacts;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Writes the header fields that the relay adds to a copy.
///
/// Pure; any thread may use it.
final class AddedFields {
  /// RFC 5322 §3.3 with a numeric zone.
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss '+0000'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final int LINE = 76;
  private static final int MAX_LABEL = 64;

  private AddedFields() {}

  /// The fields that are the same in every copy of a message: Received (RFC 5321 §4.4), and
  /// Feedback-ID, Message-ID and Date where the application supplied none.
  static String forMessage(MessageFacts facts, HeaderBlock submitted, RenderingSettings settings) {
    String date = date(facts.acceptedAt());
    StringBuilder fields = new StringBuilder(500);
    append(fields, "Received", received(facts, settings) + "; " + date);
    if (submitted.first("Feedback-ID").isEmpty()) {
      append(fields, "Feedback-ID", feedbackId(facts));
    }
    if (submitted.first("Message-ID").isEmpty()) {
      append(fields, "Message-ID", "<" + facts.id() + "@" + facts.domain() + ">");
    }
    if (submitted.first("Date").isEmpty()) {
      append(fields, "Date", date);
    }
    return fields.toString();
  }

  /// List-Unsubscribe (RFC 2369 §3.2) by web and by mail, and its one-click promise (RFC 8058
  /// §3.1).
  static String listUnsubscribe(String url, EmailAddress address, boolean withPost) {
    StringBuilder fields = new StringBuilder(700);
    append(fields, "List-Unsubscribe", "<" + url + ">, <mailto:" + address + ">");
    if (withPost) {
      append(fields, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
    return fields.toString();
  }

  static String date(Instant instant) {
    return DATE.format(instant);
  }

  private static String received(MessageFacts facts, RenderingSettings settings) {
    String how =
        facts.received().isBlank() ? "by " + settings.hostname() : facts.received().strip();
    String id = facts.id().toString();
    return how.contains(id) ? how : how + " id " + id;
  }

  /// Four parts, of which Google counts complaints for each; the last is the sender of all mail
  /// here.
  private static String feedbackId(MessageFacts facts) {
    String tag = facts.tag();
    String label = tag == null || tag.isBlank() ? "none" : label(tag);
    return label + ":" + facts.stream().name() + ":" + facts.domain() + ":waybill";
  }

  private static String label(String tag) {
    StringBuilder label = new StringBuilder();
    for (int i = 0; i < Math.min(tag.length(), MAX_LABEL); i++) {
      char c = tag.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      label.append(plain || c == '-' || c == '.' ? c : '-');
    }
    return label.toString();
  }

  /// Writes a field folded before words that would pass column 76 (RFC 5322 §2.2.3); characters
  /// that a header may not hold become question marks or blanks.
  private static void append(StringBuilder into, String name, String value) {
    into.append(name).append(':');
    int column = name.length() + 1;
    int position = 0;
    boolean first = true;
    while (position < value.length()) {
      int end = wordEnd(value, position);
      if (end > position) {
        boolean fold = !first && column + 1 + end - position > LINE;
        into.append(fold ? "\r\n\t" : " ");
        column = (fold ? 8 : column + 1) + end - position;
        first = false;
        for (int i = position; i < end; i++) {
          char c = value.charAt(i);
          into.append(c > ' ' && c < 0x7F ? c : '?');
        }
      }
      position = end + 1;
    }
    into.append("\r\n");
  }

  private static int wordEnd(String value, int from) {
    int end = from;
    while (end < value.length() && " \t\r\n".indexOf(value.charAt(end)) < 0) {
      end++;
    }
    return end;
  }
}
