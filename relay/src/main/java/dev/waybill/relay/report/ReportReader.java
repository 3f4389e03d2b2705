package dev.waybill.relay.report;

import dev.waybill.relay.report.Report.NoReport;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePartDataSource;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.dsn.DeliveryStatus;
import org.jspecify.annotations.Nullable;

/// Reads a message as a delivery report or a feedback report.
///
/// Stateless; any thread may call it. The machine-readable part of a report comes second (RFC 6522
/// §3), behind a text for people and in front of the returned message, so only the beginning of the
/// bytes is looked at and a huge returned message costs nothing.
public final class ReportReader {
  private static final int LOOK_AT = 256 * 1024;
  private static final int MAX_DELIMITERS = 1000;
  private static final int MAX_PART = 64 * 1024;
  private static final int MAX_TEXT = 500;
  private static final int PARTS = 3;
  private static final Pattern STATUS = Pattern.compile("([245]\\.\\d{1,3}\\.\\d{1,3})(\\D.*)?");
  private static final Session SESSION = Session.getInstance(new Properties());

  private ReportReader() {}

  /// Reads the whole bytes of a message; whatever is in them, it answers with a value.
  public static Report read(byte[] message) {
    byte[] beginning = message.length > LOOK_AT ? Arrays.copyOf(message, LOOK_AT) : message;
    if (delimiters(beginning) > MAX_DELIMITERS) {
      return new NoReport("more than " + MAX_DELIMITERS + " lines that begin with --");
    }
    try {
      return report(new MimeMessage(SESSION, new ByteArrayInputStream(beginning)));
    } catch (MessagingException | IOException | RuntimeException unreadable) {
      // The parser was not made for hostile bytes: whatever it throws, they are no report.
      return new NoReport("unreadable: " + line(unreadable.toString()));
    }
  }

  /// A multipart of many thousand empty parts would cost far more memory than its bytes.
  private static int delimiters(byte[] bytes) {
    int found = 0;
    for (int i = 2; i < bytes.length - 1; i++) {
      if (bytes[i] == '-'
          && bytes[i + 1] == '-'
          && (bytes[i - 1] == '\n' || bytes[i - 1] == '\r')) {
        found++;
      }
    }
    return found;
  }

  private static Report report(MimeMessage message) throws MessagingException, IOException {
    ContentType type = new ContentType(orEmpty(message.getContentType()));
    if (!type.match("multipart/report")) {
      return new NoReport("not a multipart/report");
    }
    // The data source goes around the JVM-wide table of content handlers.
    MimeMultipart parts = new MimeMultipart(new MimePartDataSource(message));
    int count = Math.min(parts.getCount(), PARTS);
    for (int i = 0; i < count; i++) {
      BodyPart part = parts.getBodyPart(i);
      if (part.isMimeType("message/delivery-status")
          || part.isMimeType("message/global-delivery-status")) {
        return deliveryReport(part);
      }
      if (part.isMimeType("message/feedback-report")) {
        return feedbackReport(part);
      }
    }
    return new NoReport("a multipart/report without a part that is understood");
  }

  private static Report deliveryReport(BodyPart part) throws MessagingException, IOException {
    DeliveryStatus fields = new DeliveryStatus(content(part));
    List<RecipientStatus> recipients = new ArrayList<>();
    int count = Math.min(fields.getRecipientDSNCount(), DeliveryReport.MAX_RECIPIENTS);
    for (int i = 0; i < count; i++) {
      InternetHeaders recipient = fields.getRecipientDSN(i);
      RecipientStatus.Action.parse(value(recipient, "Action"))
          .map(action ->
              new RecipientStatus(
                  action,
                  status(value(recipient, "Status")),
                  withoutType(value(recipient, "Final-Recipient")),
                  withoutType(value(recipient, "Original-Recipient")),
                  withoutType(value(recipient, "Diagnostic-Code"))))
          .ifPresent(recipients::add);
    }
    if (recipients.isEmpty()) {
      return new NoReport("a delivery report about no recipient");
    }
    return new DeliveryReport(
        withoutType(value(fields.getMessageDSN(), "Reporting-MTA")), recipients);
  }

  private static Report feedbackReport(BodyPart part) throws MessagingException, IOException {
    InternetHeaders fields = new InternetHeaders(content(part));
    String type = value(fields, "Feedback-Type").toLowerCase(Locale.ROOT);
    if (type.isEmpty()) {
      return new NoReport("a feedback report without Feedback-Type");
    }
    return new FeedbackReport(
        type,
        value(fields, "User-Agent"),
        withoutType(value(fields, "Reporting-MTA")),
        withoutBrackets(value(fields, "Original-Rcpt-To")),
        withoutBrackets(value(fields, "Original-Mail-From")));
  }

  /// The part decoded: RFC 3464 §2.1 asks for 7bit, yet some hosts encode it, and the library
  /// decodes no part of a `message` type by itself.
  private static InputStream content(BodyPart part) throws MessagingException, IOException {
    String[] encodings = part.getHeader("Content-Transfer-Encoding");
    String encoding = encodings == null || encodings.length == 0 ? "7bit" : line(encodings[0]);
    try (InputStream in = MimeUtility.decode(part.getInputStream(), encoding)) {
      byte[] bytes = in.readNBytes(MAX_PART);
      int start = 0;
      while (start < bytes.length && (bytes[start] == '\r' || bytes[start] == '\n')) {
        start++;
      }
      return new ByteArrayInputStream(bytes, start, bytes.length - start);
    }
  }

  private static String value(@Nullable InternetHeaders fields, String name) {
    String[] values = fields == null ? null : fields.getHeader(name);
    return values == null || values.length == 0 ? "" : line(values[0]);
  }

  private static String status(String text) {
    var matcher = STATUS.matcher(text);
    return matcher.matches() ? orEmpty(matcher.group(1)) : "";
  }

  /// `rfc822; someone@example.org` without the type in front (RFC 3464 §2.1.2).
  private static String withoutType(String text) {
    int semicolon = text.indexOf(';');
    return semicolon < 0 ? text : text.substring(semicolon + 1).strip();
  }

  private static String withoutBrackets(String text) {
    return text.startsWith("<") && text.endsWith(">") ? text.substring(1, text.length() - 1) : text;
  }

  /// One line of bounded length: folds and control characters become single spaces.
  private static String line(String text) {
    String clipped = text.length() > 4 * MAX_TEXT ? text.substring(0, 4 * MAX_TEXT) : text;
    String flat = clipped.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\s]+", " ").strip();
    return flat.length() > MAX_TEXT ? flat.substring(0, MAX_TEXT) : flat;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
