package dev.waybill.relay.report;

import dev.waybill.relay.message.HeaderBlock;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A message as it looks before anybody knows what it is. Immutable; any thread may use it.
///
/// @param whole the message as one part
/// @param parts its parts
/// @param from the From field, comparable
/// @param subject the Subject, comparable
/// @param words what it says to people, comparable, up to where a returned message begins; may be
///   empty
/// @param isFromHost whether a mail system wrote it, by its own account
record Letter(
    Part whole, List<Part> parts, String from, String subject, String words, boolean isFromHost) {
  private static final int MAX_WORDS = 8_000;
  private static final int MOST_FAILED = 50;
  private static final Set<String> RETURNED =
      Set.of("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers");
  private static final Set<String> ANSWERS =
      Set.of("auto_reply", "auto-reply", "autoreply", "autoresponder");
  private static final List<String> ANSWER_FIELDS =
      List.of("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From");

  Letter {
    parts = List.copyOf(parts);
  }

  static Letter of(byte[] message, Signs signs) {
    Part whole = Part.whole(message);
    List<Part> parts = Part.of(message);
    String from = comparable(whole, "From");
    return new Letter(
        whole,
        parts,
        from,
        comparable(whole, "Subject"),
        signs.withoutOriginal(PlainText.comparable(explanation(whole, parts), MAX_WORDS)),
        signs.isDaemon(from));
  }

  private static String comparable(Part whole, String field) {
    String value = whole.field(field);
    try {
      return PlainText.comparable(MimeUtility.decodeText(value), PlainText.MAX_FACT);
    } catch (UnsupportedEncodingException unknown) {
      return PlainText.comparable(value, PlainText.MAX_FACT);
    }
  }

  /// The first text that says anything, in front of a returned message.
  private static String explanation(Part whole, List<Part> parts) {
    for (Part part : parts) {
      if (RETURNED.contains(part.mediaType())) {
        return "";
      }
      String text = part.isText() ? part.text() : "";
      if (!text.isBlank()) {
        return text;
      }
    }
    // a multipart whose boundary is nowhere is text for want of anything better
    return parts.size() == 1 && whole.mediaType().startsWith("multipart/") ? whole.text() : "";
  }

  boolean isReport() {
    return whole.mediaType().equals("multipart/report");
  }

  /// The returned messages or their headers.
  List<Part> returned() {
    return parts.stream().filter(part -> RETURNED.contains(part.mediaType())).toList();
  }

  /// The domain after the last at sign of From; may be empty.
  String senderDomain() {
    int at = from.lastIndexOf('@');
    int end = at + 1;
    while (end < from.length()
        && (Character.isLetterOrDigit(from.charAt(end)) || "-.".indexOf(from.charAt(end)) >= 0)) {
      end++;
    }
    return at < 0 ? "" : from.substring(at + 1, end);
  }

  /// The addresses in `X-Failed-Recipients`, which Exim and Google write.
  List<String> failedRecipients() {
    return Arrays.stream(whole.field("X-Failed-Recipients").split(","))
        .map(String::strip)
        .filter(address -> !address.isEmpty())
        .limit(MOST_FAILED)
        .toList();
  }

  /// Whether its header says that a program answers (RFC 3834 §5, and what programs wrote before).
  boolean isAnswer() {
    HeaderBlock header = whole.header();
    String submitted = word("Auto-Submitted");
    return submitted.startsWith("auto-replied")
        || submitted.startsWith("auto-notified")
        || submitted.equals("auto-generated")
        || ANSWERS.contains(word("Precedence"))
        || ANSWERS.contains(word("X-Precedence"))
        || ANSWERS.contains(word("Preference"))
        || ANSWER_FIELDS.stream().anyMatch(name -> header.first(name).isPresent())
        || header.first("X-Auto-Response-Suppress").isPresent()
        || header.first("X-FC-MachineGenerated").isPresent()
        || word("X-Mailer").startsWith("vacation")
        || word("Delivered-To").startsWith("autoresponder");
  }

  private String word(String field) {
    String value = whole.field(field).toLowerCase(Locale.ROOT);
    int end = value.indexOf(';');
    return (end < 0 ? value : value.substring(0, end)).strip();
  }
}
