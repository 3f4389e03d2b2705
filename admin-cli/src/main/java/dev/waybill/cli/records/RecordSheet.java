package dev.waybill.cli.records;

import dev.waybill.cli.output.Paint;
import dev.waybill.cli.output.Text;
import java.util.List;
import java.util.OptionalInt;

/// Writes records for a person with a DNS host's form in another window: every name and every value
/// whole on a line. A value too long for the terminal begins in the first column, so that selecting
/// its lines copies nothing else. Stateless.
final class RecordSheet {
  private static final String LABEL = "%-14s%s%n";
  private static final int INDENT = 14;
  private static final int USUAL_WIDTH = 80;

  private RecordSheet() {}

  static String write(List<DnsRecord> records, OptionalInt width, Paint paint) {
    StringBuilder sheet = new StringBuilder();
    int number = 0;
    for (DnsRecord record : records) {
      sheet.append(sheet.isEmpty() ? "" : "\n");
      String heading =
          "%d. %s record for %s, %s"
              .formatted(
                  ++number,
                  record.type(),
                  Text.visible(record.purpose()),
                  record.required() ? "required" : "recommended");
      sheet.append(paint.strong(heading)).append('\n');
      label(sheet, "Status", paint.status(Text.visible(record.status())));
      if (!record.explanation().isEmpty()) {
        String explanation = Text.visible(record.explanation());
        int room = width.orElse(USUAL_WIDTH) - INDENT;
        label(sheet, "", String.join("\n" + " ".repeat(INDENT), Text.wrap(explanation, room)));
      }
      label(sheet, "Name", Text.visible(record.name()));
      label(sheet, "Full name", record.fqdn());
      if (record.type().equals("MX")) {
        label(sheet, "Priority", Integer.toString(record.priority()));
      }
      if (record.value().length() + INDENT <= width.orElse(USUAL_WIDTH)) {
        label(sheet, "Value", record.value());
      } else {
        sheet.append("Value\n").append(record.value()).append('\n');
      }
    }
    return sheet.toString();
  }

  private static void label(StringBuilder sheet, String label, String value) {
    sheet.append(LABEL.formatted(label, value));
  }
}
