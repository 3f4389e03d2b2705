package dev.waybill.cli.handout;

import dev.waybill.cli.output.Text;
import dev.waybill.cli.records.DnsRecord;
import java.util.List;

/// A handout as text for a mail or a terminal. Prose is broken at 72 columns; a value is never
/// broken and begins in the first column, so that its line can be copied whole. Stateless.
public final class PlainHandout {
  private static final int WIDTH = 72;

  private PlainHandout() {}

  /// Lines that end with a line feed.
  public static String write(Handout handout) {
    StringBuilder text = new StringBuilder();
    text.append("DNS records for ").append(handout.domain()).append('\n');
    text.repeat('=', text.length() - 1).append('\n');
    Advice.introduction(handout).forEach(paragraph -> prose(text, paragraph));
    if (!handout.note().isEmpty()) {
      text.append('\n');
      handout
          .note()
          .lines()
          .flatMap(line -> Text.wrap(Text.visible(line.replace('\t', ' ')), WIDTH - 2).stream())
          .forEach(line -> text.append(("> " + line).stripTrailing()).append('\n'));
    }
    int number = 0;
    for (DnsRecord record : handout.wanted()) {
      record(text, record, ++number);
    }
    if (!handout.wanted().isEmpty()) {
      heading(text, "What usually goes wrong");
      Advice.traps(handout).forEach(trap -> item(text, trap.title() + " " + trap.text()));
      heading(text, "How to check");
      prose(text, Advice.checking());
      text.append('\n');
      Advice.checks(handout).forEach(check -> text.append("  ").append(check.text()).append('\n'));
      prose(text, Advice.afterwards(handout));
    }
    if (!handout.right().isEmpty()) {
      heading(text, "Already right, please leave as they are");
      text.append('\n');
      handout
          .right()
          .forEach(record -> text.append("  %-5s  %s%n".formatted(record.type(), record.fqdn())));
    }
    return text.toString();
  }

  private static void record(StringBuilder text, DnsRecord record, int number) {
    heading(text, "%d. %s record, %s".formatted(number, record.type(), Advice.need(record)));
    prose(text, Advice.reason(record));
    text.append('\n');
    field(text, "Type", record.type());
    field(text, "Host", Text.visible(record.name()));
    field(text, "Full name", record.fqdn());
    if (record.type().equals("MX")) {
      field(text, "Priority", Integer.toString(record.priority()));
    }
    field(text, "TTL", record.seconds() + " (seconds; or \"automatic\")");
    if (record.value().length() + 11 <= WIDTH) {
      field(text, "Value", record.value());
    } else {
      text.append("Value, one line:\n").append(record.value()).append('\n');
    }
    if (Advice.isLong(record)) {
      text.append("Only if the panel refuses that, in quoted pieces:\n")
          .append(record.data())
          .append('\n');
    }
    if (!record.seen().isEmpty()) {
      List<String> seen = Text.wrap(Text.visible(record.seen()), WIDTH - 11);
      field(text, "Seen now", String.join("\n" + " ".repeat(11), seen));
    }
  }

  private static void field(StringBuilder text, String label, String value) {
    text.append("%-11s%s%n".formatted(label, value));
  }

  private static void heading(StringBuilder text, String heading) {
    text.append('\n').append(heading).append('\n').repeat('-', heading.length()).append('\n');
  }

  private static void prose(StringBuilder text, String paragraph) {
    text.append('\n').append(String.join("\n", Text.wrap(paragraph, WIDTH))).append('\n');
  }

  private static void item(StringBuilder text, String words) {
    text.append("\n- ").append(String.join("\n  ", Text.wrap(words, WIDTH - 2))).append('\n');
  }
}
