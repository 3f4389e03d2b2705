package dev.waybill.cli.handout;

import dev.waybill.cli.records.DnsRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// A handout as one HTML file that needs nothing else: no script, no picture, no font of its own.
/// It fits a telephone, follows the reader's choice of light or dark, and one tap on a value
/// selects it whole. Stateless.
public final class HtmlHandout {
  private HtmlHandout() {}

  /// The whole document. Everything that came from elsewhere is escaped.
  public static String write(Handout handout) {
    StringBuilder html = new StringBuilder();
    String title = "DNS records for " + handout.domain();
    html.append(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        """
            .formatted(escape(title), style()));
    element(html, "h1", title);
    Advice.introduction(handout).forEach(paragraph -> element(html, "p", paragraph));
    if (!handout.note().isEmpty()) {
      element(html, "blockquote", handout.note());
    }
    if (!handout.wanted().isEmpty()) {
      overview(html, handout);
      int number = 0;
      for (DnsRecord record : handout.wanted()) {
        record(html, record, ++number);
      }
      traps(html, handout);
      checks(html, handout);
    }
    if (!handout.right().isEmpty()) {
      right(html, handout);
    }
    return html.append("</main>\n</body>\n</html>\n").toString();
  }

  private static void overview(StringBuilder html, Handout handout) {
    html.append("<table class=\"overview\">\n");
    element(html, "caption", "At a glance");
    html.append("<thead><tr><th scope=\"col\">No.</th><th scope=\"col\">Type</th>")
        .append("<th scope=\"col\">Host</th><th scope=\"col\">Needed</th></tr></thead>\n<tbody>\n");
    int number = 0;
    for (DnsRecord record : handout.wanted()) {
      html.append("<tr><td><a href=\"#record-%d\">%d</a></td>".formatted(++number, number))
          .append("<td>%s</td>".formatted(escape(record.type())))
          .append("<td><code>%s</code></td>".formatted(escape(record.name())))
          .append("<td>%s</td></tr>\n".formatted(escape(Advice.need(record))));
    }
    html.append("</tbody>\n</table>\n");
  }

  private static void record(StringBuilder html, DnsRecord record, int number) {
    html.append("<section id=\"record-%d\" class=\"record\">\n".formatted(number));
    html.append(
        "<h2>%d. %s record <span class=\"need\">%s</span></h2>\n"
            .formatted(number, escape(record.type()), escape(Advice.need(record))));
    element(html, "p", Advice.reason(record));
    html.append("<table>\n<tbody>\n");
    plain(html, "Type", record.type());
    copied(html, "Host", record.name());
    copied(html, "Full name", record.fqdn());
    if (record.type().equals("MX")) {
      plain(html, "Priority", Integer.toString(record.priority()));
    }
    plain(html, "TTL", record.seconds() + " seconds, or automatic");
    copied(html, "Value", record.value());
    if (!record.seen().isEmpty()) {
      plain(html, "Seen now", record.seen());
    }
    html.append("</tbody>\n</table>\n");
    if (Advice.isLong(record)) {
      html.append("<details>\n");
      element(html, "summary", "Only if the panel refuses so long a value: in quoted pieces");
      html.append("<pre><code>%s</code></pre>\n</details>\n".formatted(escape(record.data())));
    }
    html.append("</section>\n");
  }

  private static void traps(StringBuilder html, Handout handout) {
    element(html, "h2", "What usually goes wrong");
    html.append("<ul>\n");
    for (Advice.Point trap : Advice.traps(handout)) {
      html.append(
          "<li><strong>%s</strong> %s</li>\n".formatted(escape(trap.title()), escape(trap.text())));
    }
    html.append("</ul>\n");
  }

  private static void checks(StringBuilder html, Handout handout) {
    element(html, "h2", "How to check");
    element(html, "p", Advice.checking());
    html.append("<ul class=\"commands\">\n");
    for (Advice.Point check : Advice.checks(handout)) {
      html.append("<li><code>%s</code></li>\n".formatted(escape(check.text())));
    }
    html.append("</ul>\n");
    element(html, "p", Advice.afterwards(handout));
  }

  private static void right(StringBuilder html, Handout handout) {
    element(html, "h2", "Already right, please leave as they are");
    html.append("<ul>\n");
    for (DnsRecord record : handout.right()) {
      html.append(
          "<li>%s <code>%s</code></li>\n".formatted(escape(record.type()), escape(record.fqdn())));
    }
    html.append("</ul>\n");
  }

  private static void plain(StringBuilder html, String label, String value) {
    html.append(
        "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n".formatted(escape(label), escape(value)));
  }

  private static void copied(StringBuilder html, String label, String value) {
    html.append(
        "<tr><th scope=\"row\">%s</th><td><code>%s</code></td></tr>\n"
            .formatted(escape(label), escape(value)));
  }

  private static void element(StringBuilder html, String name, String text) {
    html.append("<%s>%s</%s>\n".formatted(name, escape(text), name));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String style() {
    try (InputStream file =
        Objects.requireNonNull(HtmlHandout.class.getResourceAsStream("handout.css"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
