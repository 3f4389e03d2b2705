package dev.waybill.relay.report;

import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.report.Report.Nature;
import dev.waybill.relay.report.Report.NoReport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads a message as a delivery report, a bounce in words or a feedback report.
///
/// Immutable; any thread may use it. The machine-readable part of a report stands in front of the
/// returned message (RFC 6522 §3), so only the beginning of the bytes is looked at and a huge
/// returned message costs nothing. Nothing within a returned or forwarded message is read as a
/// report.
public final class ReportReader {
  private static final int LOOK_AT = 256 * 1024;
  private static final int MAX_TRACE = 2_000;
  private static final int MOST_TRACES = 10;

  private final Signs signs;

  private ReportReader(Signs signs) {
    this.signs = signs;
  }

  /// @throws RuntimeException when the data file of the signs is missing or wrong
  public static ReportReader load() {
    return new ReportReader(Signs.load());
  }

  /// Reads the whole bytes of a message; whatever is in them, it answers with a value.
  public Report read(byte[] message) {
    byte[] beginning = message.length > LOOK_AT ? Arrays.copyOf(message, LOOK_AT) : message;
    Letter letter = Letter.of(beginning, signs);
    return feedback(letter).or(() -> delivery(letter)).orElseGet(() -> words(letter));
  }

  private static Optional<Report> feedback(Letter letter) {
    for (Part part : letter.parts()) {
      if (part.mediaType().equals("message/feedback-report")) {
        return Optional.of(feedbackReport(letter, part));
      }
    }
    return Optional.empty();
  }

  private static Report feedbackReport(Letter letter, Part part) {
    HeaderBlock fields = HeaderBlock.parse(withoutFirstBreaks(part.content()));
    String type = value(fields, "Feedback-Type").toLowerCase(Locale.ROOT);
    if (type.isEmpty()) {
      return new NoReport(Nature.OTHER, "a feedback report without Feedback-Type");
    }
    String sender = StatusFields.withoutBrackets(value(fields, "Original-Mail-From"));
    String host = StatusFields.withoutType(value(fields, "Reporting-MTA"));
    List<String> traces = new ArrayList<>(List.of(sender));
    traces.addAll(traces(letter));
    return new FeedbackReport(
        type,
        value(fields, "User-Agent"),
        host.isEmpty() ? letter.senderDomain() : host,
        StatusFields.withoutBrackets(value(fields, "Original-Rcpt-To")),
        sender,
        traces);
  }

  /// Reports count within multipart/report, or wherever they stand in a mail system's own mail:
  /// what a person attaches was somebody else's.
  private Optional<Report> delivery(Letter letter) {
    if (!letter.isReport() && !letter.isFromHost()) {
      return Optional.empty();
    }
    Optional<Report> report = Optional.empty();
    for (Part part : letter.parts()) {
      switch (part.mediaType()) {
        case "message/delivery-status", "message/global-delivery-status" ->
            report =
                report.or(
                    () -> StatusFields.read(withoutFirstBreaks(part.content()), letter.words()));
        case "message/disposition-notification", "message/global-disposition-notification" ->
            report = report.or(() -> Optional.of(new NoReport(Nature.RECEIPT, "a receipt")));
        case String _ -> {}
      }
    }
    return report.or(() -> flattened(letter));
  }

  /// The fields of a report where a gateway made them part of a text.
  private static Optional<Report> flattened(Letter letter) {
    for (Part part : letter.parts()) {
      if (part.isText() || part.mediaType().startsWith("application/octet-stream")) {
        byte[] content = part.content();
        String text = new String(content, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int start = text.indexOf("\nreporting-mta:");
        start = start >= 0 ? start : text.indexOf("\nfinal-recipient:");
        if (start >= 0 && text.indexOf("\naction:", start) > 0) {
          byte[] fields = Arrays.copyOfRange(content, start + 1, content.length);
          return StatusFields.read(fields, letter.words());
        }
      }
    }
    return Optional.empty();
  }

  private Report words(Letter letter) {
    String subject = letter.subject();
    String words = letter.words();
    if (signs.isComplaint(letter.from(), subject) && !letter.returned().isEmpty()) {
      return new FeedbackReport("abuse", "", letter.senderDomain(), "", "", traces(letter));
    }
    boolean named = !letter.failedRecipients().isEmpty();
    boolean fromHost = letter.isFromHost() || named;
    boolean bounceSubject = signs.bounceSubject(subject);
    boolean bounceText = signs.bounceText(words);
    if (!named && signs.isChallenge(subject, words)) {
      return new NoReport(Nature.CHALLENGE, "it asks for a confirmation");
    }
    if (!named && (fromHost || bounceSubject) && signs.isDelay(subject, words)) {
      return new NoReport(Nature.DELAY_NOTICE, "the host goes on trying");
    }
    boolean plain = bounceSubject && !letter.isAnswer();
    if (fromHost ? bounceText || named || plain : bounceText && plain) {
      return new WordedReport(letter.senderDomain(), letter.failedRecipients(), words);
    }
    if (letter.isAnswer() || signs.isAutomatic(subject)) {
      return new NoReport(Nature.AUTO_REPLY, "an automatic answer");
    }
    return new NoReport(Nature.OTHER, "nothing says that it is a report");
  }

  /// Where the return path may stand in the header of the message that a complaint is about.
  private static List<String> traces(Letter letter) {
    List<String> traces = new ArrayList<>();
    for (Part part : letter.returned()) {
      HeaderBlock original = HeaderBlock.parse(withoutFirstBreaks(part.content()));
      for (String name : List.of("Return-Path", "List-Unsubscribe")) {
        original.all(name).stream()
            .limit(2)
            .map(original::value)
            .map(value -> value.substring(0, Math.min(value.length(), MAX_TRACE)))
            .forEach(traces::add);
      }
    }
    return traces.size() > MOST_TRACES ? traces.subList(0, MOST_TRACES) : traces;
  }

  private static byte[] withoutFirstBreaks(byte[] bytes) {
    int start = 0;
    while (start < bytes.length && (bytes[start] == '\r' || bytes[start] == '\n')) {
      start++;
    }
    return start == 0 ? bytes : Arrays.copyOfRange(bytes, start, bytes.length);
  }

  private static String value(HeaderBlock fields, String name) {
    return fields.value(name).map(PlainText::line).orElse("");
  }
}
