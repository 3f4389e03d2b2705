package dev.waybill.relay.report;

import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.report.RecipientStatus.Action;
import dev.waybill.relay.report.Report.Nature;
import dev.waybill.relay.report.Report.NoReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the fields of a delivery report (RFC 3464 §2.1): groups of header fields with empty lines
/// between them. Stateless; any thread may call it.
final class StatusFields {
  private static final int MOST_GROUPS = 200;
  private static final Pattern STATUS = Pattern.compile("([245]\\.\\d{1,3}\\.\\d{1,3})(\\D.*)?");
  private static final Pattern UTF8_CHARACTER = Pattern.compile("\\\\x\\{([0-9A-Fa-f]{2,6})\\}");

  private StatusFields() {}

  /// @param explanation what the report says to people
  /// @return empty when no recipient's group is there; no report where the only actions are unknown
  static Optional<Report> read(byte[] octets, String explanation) {
    List<RecipientStatus> recipients = new ArrayList<>();
    String reporter = "";
    boolean acted = false;
    int position = 0;
    for (int groups = 0; position < octets.length && groups < MOST_GROUPS; groups++) {
      HeaderBlock group = HeaderBlock.parse(octets, position, octets.length);
      if (reporter.isEmpty()) {
        reporter = withoutType(value(group, "Reporting-MTA"));
      }
      acted |= !value(group, "Action").isEmpty();
      if (recipients.size() < DeliveryReport.MAX_RECIPIENTS) {
        recipient(group).ifPresent(recipients::add);
      }
      position = group.bodyStart();
    }
    if (recipients.isEmpty()) {
      return acted
          ? Optional.of(new NoReport(Nature.OTHER, "an action that is not known"))
          : Optional.empty();
    }
    return Optional.of(new DeliveryReport(reporter, recipients, explanation));
  }

  private static Optional<RecipientStatus> recipient(HeaderBlock group) {
    String status = status(value(group, "Status"));
    return action(value(group, "Action"), status)
        .map(action ->
            new RecipientStatus(
                action,
                status,
                address(value(group, "Final-Recipient")),
                address(value(group, "Original-Recipient")),
                withoutType(value(group, "Diagnostic-Code"))));
  }

  /// The first word, for some write a comment behind it. Where the field is missing, the status
  /// tells.
  private static Optional<Action> action(String text, String status) {
    if (!text.isEmpty()) {
      int end = 0;
      while (end < text.length() && Character.isLetter(text.charAt(end))) {
        end++;
      }
      return Action.parse(text.substring(0, end));
    }
    return status.isEmpty()
        ? Optional.empty()
        : Optional.of(
            switch (status.charAt(0)) {
              case '2' -> Action.DELIVERED;
              case '4' -> Action.DELAYED;
              default -> Action.FAILED;
            });
  }

  private static String value(HeaderBlock fields, String name) {
    return fields.value(name).map(PlainText::line).orElse("");
  }

  static String status(String text) {
    Matcher matcher = STATUS.matcher(text);
    return matcher.matches() ? String.valueOf(matcher.group(1)) : "";
  }

  /// `utf-8; andr\x{E9}@example.org` has its own way to write characters (RFC 6533 §3).
  private static String address(String text) {
    String address = withoutBrackets(withoutType(text));
    return text.toLowerCase(Locale.ROOT).startsWith("utf-8")
        ? UTF8_CHARACTER.matcher(address).replaceAll(found -> character(found.group(1)))
        : address;
  }

  private static String character(String hexadecimal) {
    int point = Integer.parseInt(hexadecimal, 16);
    return Character.isValidCodePoint(point)
            && !Character.isISOControl(point)
            && Character.getType(point) != Character.SURROGATE
        ? Matcher.quoteReplacement(Character.toString(point))
        : "?";
  }

  /// `rfc822; someone@example.org` without the type in front (RFC 3464 §2.1.2).
  static String withoutType(String text) {
    int semicolon = text.indexOf(';');
    return semicolon < 0 ? text : text.substring(semicolon + 1).strip();
  }

  static String withoutBrackets(String text) {
    return text.startsWith("<") && text.endsWith(">") ? text.substring(1, text.length() - 1) : text;
  }
}
