package dev.waybill.relay.app.sandbox;

import static dev.waybill.relay.app.sandbox.Markup.chip;
import static dev.waybill.relay.app.sandbox.Markup.escape;

import dev.waybill.relay.app.sandbox.Mailroom.Letter;
import java.util.List;
import java.util.Locale;

/// The page with all messages and what to paste into an application.
final class InboxPage {
  private InboxPage() {}

  static String whole(List<Letter> letters, SandboxAccess access) {
    return Markup.page(
        "Inbox · Waybill Sandbox",
        """
        <div class="columns">
        <section class="inbox" aria-label="Messages">
        <div id="list" data-live="/sandbox/list">%s</div>
        </section>
        %s
        </div>
        """
            .formatted(list(letters), connect(access)));
  }

  /// The part of the page that is fetched again and again.
  static String list(List<Letter> letters) {
    StringBuilder html = new StringBuilder();
    html.append("<div class=\"title\"><h1>Inbox</h1><span class=\"count\">")
        .append(letters.size() == 1 ? "1 message" : letters.size() + " messages")
        .append("</span></div>");
    if (letters.isEmpty()) {
      return html.append(
              "<div class=\"empty\"><b>No mail yet</b>Send a message with the settings shown"
                  + " here. It appears by itself.</div>")
          .toString();
    }
    html.append("<ol class=\"letters\">");
    for (Letter letter : letters) {
      html.append(row(letter));
    }
    return html.append("</ol>").toString();
  }

  private static String row(Letter letter) {
    Verdicts verdicts = letter.verdicts();
    return """
    <li><a class="letter" href="/sandbox/messages/%s">
    <span class="avatar" data-hue="%d">%s</span>
    <span class="what"><span class="who">%s</span><span class="subject">%s</span><span class="to">to %s</span></span>
    <span class="side">%s<span class="chips">%s%s%s%s</span></span>
    </a></li>
    """
        .formatted(
            letter.id(),
            Math.floorMod(name(letter.from()).hashCode(), 6),
            escape(initial(letter.from())),
            escape(name(letter.from())),
            escape(letter.subject().isBlank() ? "(no subject)" : letter.subject()),
            escape(String.join(", ", letter.arrival().recipients())),
            Markup.time(letter.at()),
            chip("SPF", verdicts.spf()),
            chip("DKIM", verdicts.dkim()),
            chip("DMARC", verdicts.dmarc()),
            chip("1-click", verdicts.oneClick()));
  }

  private static String connect(SandboxAccess access) {
    return """
    <aside class="connect">
    <div class="card">
    <h2>Send mail here</h2>
    <p>Paste this into your application.</p>
    <dl>
    <dt>Host</dt><dd><code>%s</code></dd>
    <dt>Port</dt><dd><code>%d</code> STARTTLS <span class="or">or</span> <code>%d</code> TLS</dd>
    <dt>User</dt><dd><code>%s</code></dd>
    <dt>Password</dt><dd><code class="secret">%s</code></dd>
    <dt>From</dt><dd><code>anything@%s</code></dd>
    <dt>To</dt><dd>any address at all</dd>
    </dl>
    </div>
    <div class="card">
    <h2>Make things go wrong</h2>
    <dl class="wide">
    <dt><code>bounce@</code></dt><dd>550 5.1.1, refused for good</dd>
    <dt><code>defer@</code></dt><dd>451 4.7.1, refused for now</dd>
    <dt><code>complain@</code></dt><dd>taken and reported as spam</dd>
    <dt><code>discard@</code></dt><dd>taken and not shown</dd>
    </dl>
    </div>
    </aside>
    """
        .formatted(
            escape(access.smtp().getAddress().getHostAddress()),
            access.smtp().getPort(),
            access.smtpTls().getPort(),
            escape(access.user()),
            escape(access.password()),
            escape(access.domain().value()));
  }

  /// The display name, or the whole field when there is none.
  private static String name(String from) {
    int bracket = from.indexOf('<');
    String name = bracket > 0 ? from.substring(0, bracket).replace("\"", "").strip() : "";
    return name.isEmpty() ? from : name;
  }

  private static String initial(String from) {
    return name(from)
        .codePoints()
        .filter(Character::isLetterOrDigit)
        .mapToObj(Character::toString)
        .findFirst()
        .map(first -> first.toUpperCase(Locale.ROOT))
        .orElse("?");
  }
}
