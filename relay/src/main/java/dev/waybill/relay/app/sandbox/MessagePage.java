package dev.waybill.relay.app.sandbox;

import static dev.waybill.relay.app.sandbox.Markup.escape;

import dev.waybill.relay.app.sandbox.Mailroom.Letter;
import dev.waybill.relay.app.sandbox.Verdicts.Verdict;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.HeaderBlock.Field;
import dev.waybill.relay.rendering.Comparisons.Comparison;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The page about one message.
final class MessagePage {
  private static final int MAX_SHOWN = 512 * 1024;
  private static final int MAX_FIELDS = 200;

  private MessagePage() {}

  static String whole(
      Letter letter,
      Optional<byte[]> submitted,
      Optional<Comparison> comparison,
      List<Event> events) {
    byte[] content = letter.arrival().content();
    MailView view = MailView.of(content);
    String subject = letter.subject().isBlank() ? "(no subject)" : letter.subject();
    return Markup.page(
        subject + " · Waybill Sandbox",
        """
        <a class="back" href="/sandbox/">← Inbox</a>
        <div class="head">
        <h1>%s</h1>
        <dl class="envelope">
        <dt>From</dt><dd>%s</dd>
        <dt>To</dt><dd>%s</dd>
        <dt>Return path</dt><dd><code>%s</code></dd>
        <dt>Arrived</dt><dd>%s from <code>%s</code>%s</dd>
        </dl>
        </div>
        <div class="verdicts">%s%s%s%s</div>
        <div class="columns">
        <section class="views">%s</section>
        <aside><div class="card"><h2>What happened</h2><div id="activity" data-live="/sandbox/messages/%s/activity">%s</div></div></aside>
        </div>
        """
            .formatted(
                escape(subject),
                escape(letter.from()),
                escape(String.join(", ", letter.arrival().recipients())),
                escape(letter.arrival().sender().isEmpty() ? "<>" : letter.arrival().sender()),
                Markup.time(letter.at()),
                escape(letter.arrival().client().getHostAddress()),
                letter.arrival().tls() ? " over TLS" : " without TLS",
                verdict("SPF", letter.verdicts().spf()),
                verdict("DKIM", letter.verdicts().dkim()),
                verdict("DMARC", letter.verdicts().dmarc()),
                verdict("One-click", letter.verdicts().oneClick()),
                views(letter, view, ChangesPane.html(letter, submitted, comparison)),
                letter.id(),
                activity(events)));
  }

  /// The part of the page that is fetched again and again.
  static String activity(List<Event> events) {
    if (events.isEmpty()) {
      return "<p class=\"quiet\">The relay knows nothing about this message.</p>";
    }
    StringBuilder html = new StringBuilder("<ol class=\"events\">");
    for (Event event : events) {
      html.append(
          "<li class=\"%s\"><b>%s</b>%s%s</li>"
              .formatted(
                  mood(event.type()),
                  escape(event.type().text()),
                  Markup.time(event.at()),
                  facts(event.facts())));
    }
    return html.append("</ol>").toString();
  }

  private static String facts(Map<String, String> facts) {
    StringBuilder html = new StringBuilder();
    new TreeMap<>(facts)
        .forEach((name, value) ->
            html.append(
                "<span class=\"fact\"><i>%s</i> %s</span>"
                    .formatted(escape(name), escape(clipped(value, 200)))));
    return html.toString();
  }

  private static String mood(EventType type) {
    return switch (type) {
      case EMAIL_DELIVERED, EMAIL_OPENED, EMAIL_CLICKED -> "good";
      case EMAIL_BOUNCED, EMAIL_COMPLAINED, EMAIL_FAILED -> "bad";
      case EMAIL_DELIVERY_DELAYED, EMAIL_SUPPRESSED, EMAIL_CANCELLED, EMAIL_UNSUBSCRIBED -> "warn";
      case EMAIL_SENT,
          EMAIL_SCHEDULED,
          REPORT_RECEIVED,
          STREAM_WARNED,
          STREAM_HELD,
          STREAM_RELEASED,
          DOMAIN_CREATED,
          DOMAIN_UPDATED,
          DOMAIN_DELETED,
          SUPPRESSION_ADDED,
          SUPPRESSION_REMOVED ->
          "plain";
    };
  }

  private static String verdict(String label, Verdict verdict) {
    return """
    <div class="verdict %s"><div class="label"><i>%s</i>%s<b>%s</b></div><p>%s</p></div>
    """
        .formatted(
            verdict.result().text(),
            Markup.sign(verdict),
            label,
            verdict.result().text(),
            escape(verdict.explanation()));
  }

  private static String views(Letter letter, MailView view, String changes) {
    byte[] content = letter.arrival().content();
    StringBuilder tabs = new StringBuilder();
    StringBuilder panes = new StringBuilder();
    if (view.html().isPresent()) {
      pane(
          tabs,
          panes,
          "html",
          "HTML",
          "<iframe title=\"The message\" src=\"/sandbox/messages/%s/html\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\" referrerpolicy=\"no-referrer\"></iframe>"
              .formatted(letter.id()));
    }
    view.text()
        .ifPresent(text ->
            pane(
                tabs,
                panes,
                "text",
                "Text",
                "<pre class=\"wrap\">%s</pre>".formatted(shown(text))));
    pane(tabs, panes, "headers", "Headers", headers(content));
    pane(
        tabs,
        panes,
        "source",
        "Source",
        "<p class=\"note\">%,d bytes as they arrived · <a href=\"/sandbox/api/messages/%s/raw\" download=\"message.eml\">download</a></p><pre>%s</pre>"
            .formatted(
                content.length, letter.id(), shown(new String(content, StandardCharsets.UTF_8))));
    pane(tabs, panes, "changes", "Changes", changes);
    if (!view.attachments().isEmpty()) {
      StringBuilder list = new StringBuilder("<ul class=\"plainlist\">");
      view.attachments().forEach(name -> list.append("<li>%s</li>".formatted(escape(name))));
      pane(tabs, panes, "parts", "Attachments", list.append("</ul>").toString());
    }
    return "<div class=\"tabs\">" + tabs + "<div class=\"panes\">" + panes + "</div></div>";
  }

  /// A tab without a script: a radio button chooses the pane.
  private static void pane(
      StringBuilder tabs, StringBuilder panes, String id, String label, String body) {
    tabs.append(
        "<input type=\"radio\" name=\"tab\" id=\"tab-%s\"%s><label for=\"tab-%s\">%s</label>"
            .formatted(id, tabs.isEmpty() ? " checked" : "", id, label));
    panes.append("<div class=\"pane\" data-pane=\"%s\">%s</div>".formatted(id, body));
  }

  private static String headers(byte[] content) {
    HeaderBlock header = HeaderBlock.parse(content);
    StringBuilder html = new StringBuilder("<table class=\"fields\">");
    for (Field field : header.fields().stream().limit(MAX_FIELDS).toList()) {
      html.append(
          "<tr><th>%s</th><td>%s</td></tr>"
              .formatted(escape(field.name()), escape(clipped(header.value(field), 4000))));
    }
    return html.append("</table>").toString();
  }

  private static String shown(String text) {
    return escape(clipped(text.replace("\r\n", "\n"), MAX_SHOWN));
  }

  private static String clipped(String text, int length) {
    return text.length() > length ? text.substring(0, length) + "…" : text;
  }
}
