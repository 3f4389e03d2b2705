package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Pages;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Text;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `dmarc`: who sends as a domain, by what receivers report. One thread uses it.
@Command(
    name = "dmarc",
    description = {
      "Show who sends as a domain, what of it passes DMARC, what fails and why.",
      "It adds up the aggregate reports that receivers mail to dmarc@ of the return path. They come"
          + " a day late, from some receivers only, and nobody vouches for them. Mail of this relay"
          + " is told by its addresses."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl dmarc example.com",
      "  waybillctl dmarc example.com --since 90d -o csv > senders.csv",
      "  waybillctl dmarc example.com --reports"
    })
final class DmarcCommand implements Callable<Integer> {
  private static final List<Column> SENDERS =
      List.of(
          Column.of("SENDER", "address"),
          Column.of("WHOSE", "origin"),
          Column.of("MESSAGES", "messages", DmarcCommand::grouped),
          Column.of("PASS", "passed", DmarcCommand::grouped),
          Column.of("DKIM", "dkim_passed", DmarcCommand::grouped),
          Column.of("SPF", "spf_passed", DmarcCommand::grouped),
          Column.of("FAIL", "failed", DmarcCommand::grouped),
          Column.prose("WHY", "why"));

  private static final List<Column> REPORTERS =
      List.of(
          Column.of("REPORTER", "organization"),
          Column.of("REPORTS", "reports", DmarcCommand::grouped),
          Column.of("MESSAGES", "messages", DmarcCommand::grouped),
          Column.of("PASS", "passed", DmarcCommand::grouped),
          Column.of("FAIL", "failed", DmarcCommand::grouped));

  private static final List<Column> REPORTS =
      List.of(
          Column.time("FROM", "begins_at"),
          Column.time("TO", "ends_at"),
          Column.of("REPORTER", "organization"),
          Column.of("MESSAGES", "messages", DmarcCommand::grouped),
          Column.of("PASS", "passed", DmarcCommand::grouped),
          Column.of("FAIL", "failed", DmarcCommand::grouped),
          Column.of("REPORT", "report_id"));

  private static final int WIDEST_PROSE = 100;

  /// A number of days as `30d`, the form of all durations here.
  static final class DayCount implements ITypeConverter<Integer> {
    private static final int MOST = 400;

    @Override
    public Integer convert(String text) {
      if (text.matches("[0-9]{1,3}d")) {
        int days = Integer.parseInt(text.substring(0, text.length() - 1));
        if (days >= 1 && days <= MOST) {
          return days;
        }
      }
      throw new TypeConversionException(
          "'" + text + "' (expected: a number of days such as 30d, at most " + MOST + "d)");
    }
  }

  @Parameters(paramLabel = "DOMAIN", description = "The domain, or its id.")
  private String name = "";

  @Option(
      names = "--since",
      paramLabel = "DAYS",
      defaultValue = "30d",
      converter = DayCount.class,
      description = "Only what is reported of the last so many days (default: 30d).")
  private int days;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "At most so many senders, up to 100, or reports (default: 100).")
  private int limit;

  @Option(names = "--reports", description = "List the reports instead of what they come to.")
  private boolean reports;

  private final Waybillctl root;

  DmarcCommand(Waybillctl root) {
    this.root = root;
  }

  @Override
  public Integer call() throws Failure {
    int most = Limits.positive("--limit", limit);
    ApiPath path = ApiPath.of("domains").name(name).then("dmarc");
    if (reports) {
      list(path.then("reports").with("days", Integer.toString(days)), most);
    } else {
      sum(
          root.client()
              .get(
                  path.with("days", Integer.toString(days))
                      .with("limit", Integer.toString(Math.min(most, Pages.USUAL_PAGE)))));
    }
    return 0;
  }

  private void list(ApiPath path, int most) throws Failure {
    Pages.Listing listing = new Pages(root.client()).read(path, Pages.USUAL_PAGE, most);
    root.report().rows(listing.whole(), listing.items(), REPORTS);
    if (listing.items().isEmpty()) {
      root.say("There are no reports of these days.");
    } else if (listing.hasMore()) {
      root.say("There are more; give a larger --limit to see them.");
    }
  }

  private void sum(JsonNode summary) {
    List<JsonNode> senders = senders(summary);
    if (root.output != Format.TABLE) {
      root.report().rows(summary, senders, SENDERS);
      return;
    }
    PrintStream out = root.report().out();
    line("Policy", policy(summary.path("policy")));
    line(
        "Reports",
        "%s of %s, %s to %s"
            .formatted(
                number(summary.path("reports")),
                summary.path("days").asLong(0) == 1
                    ? "1 day"
                    : number(summary.path("days")) + " days",
                Column.text(summary.path("from")),
                Column.text(summary.path("to"))));
    line("Messages", figures(summary.path("totals")));
    line("This relay", figures(summary.path("relay")));
    if (!senders.isEmpty()) {
      out.println();
      root.report().table(senders, SENDERS);
      out.println();
      root.report().table(summary.path("reporters"), REPORTERS);
    }
    out.println();
    String advice = Text.visible("Advice: " + Column.text(summary.at("/advice/text")));
    int width = Math.min(WIDEST_PROSE, root.terminal().width().orElse(WIDEST_PROSE));
    Text.wrap(advice, width).forEach(out::println);
    long unseen = summary.path("sender_count").asLong(0) - senders.size();
    if (unseen > 0) {
      root.say("There are %,d more senders.".formatted(unseen));
    }
  }

  private void line(String heading, String text) {
    root.report().out().println("%-12s%s".formatted(heading, Text.visible(text)));
  }

  /// One row for each sender, what is nested made flat.
  private static List<JsonNode> senders(JsonNode summary) {
    List<JsonNode> rows = new ArrayList<>();
    for (JsonNode sender : summary.path("senders")) {
      ObjectNode row =
          Json.object()
              .put("address", address(sender))
              .put("origin", origin(Column.text(sender.path("origin"))));
      sender
          .path("figures")
          .properties()
          .forEach(figure -> row.set(figure.getKey(), figure.getValue()));
      List<String> why = new ArrayList<>();
      for (JsonNode failure : sender.path("failures")) {
        why.add(number(failure.path("messages")) + ": " + Column.text(failure.path("reason")));
      }
      rows.add(row.put("why", String.join("; ", why)));
    }
    return rows;
  }

  private static String address(JsonNode sender) {
    String address = Column.text(sender.path("address"));
    return address.isEmpty() ? "(not named)" : address;
  }

  private static String origin(String origin) {
    return switch (origin) {
      case "relay" -> "this relay";
      case "unnamed" -> "";
      default -> origin;
    };
  }

  private static String policy(JsonNode policy) {
    String own = Column.text(policy.path("p"));
    if (own.isEmpty()) {
      return "not known: no report says which one was found";
    }
    String sub = Column.text(policy.path("sp"));
    int percent = policy.path("percent").asInt(100);
    return "p=%s%s%s%s at _dmarc.%s"
        .formatted(
            own,
            sub.isEmpty() || sub.equals(own) ? "" : " sp=" + sub,
            policy.path("testing").asBoolean(false) ? " t=y" : "",
            percent == 100 ? "" : " pct=" + percent,
            Column.text(policy.path("domain")));
  }

  private static String figures(JsonNode figures) {
    return "%s: %s pass, %s fail (%s quarantined, %s rejected)"
        .formatted(
            number(figures.path("messages")),
            number(figures.path("passed")),
            number(figures.path("failed")),
            number(figures.path("quarantined")),
            number(figures.path("rejected")));
  }

  private static String number(JsonNode node) {
    return grouped(Column.text(node));
  }

  private static String grouped(String number) {
    return number.matches("[0-9]{1,18}")
        ? String.format(Locale.ROOT, "%,d", Long.parseLong(number))
        : number;
  }
}
