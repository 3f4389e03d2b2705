package dev.waybill.relay.tracking;

import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Bidi;
import java.util.Base64;

/// The few pages a recipient may see: no script, no third party, readable in light and dark.
///
/// Any thread may use it.
final class Pages {
  private static final String STYLE =
      """
      :root{color-scheme:light dark;--ground:#f3f4f7;--card:#fff;--ink:#1b1f2a;--soft:#545c6d;\
      --line:#dfe3ea;--press:#1f4fd1;--press-ink:#fff;--good:#12703c}\
      @media (prefers-color-scheme:dark){:root{--ground:#11141b;--card:#1a1f29;--ink:#eef1f6;\
      --soft:#a9b1c1;--line:#2d3442;--press:#8fb0ff;--press-ink:#0b1530;--good:#6fd39b}}\
      *{box-sizing:border-box}\
      body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;\
      background:var(--ground);color:var(--ink);\
      font:1.0625rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}\
      main{width:100%;max-width:29rem;padding:2.25rem 2rem;background:var(--card);\
      border:1px solid var(--line);border-radius:1rem;box-shadow:0 1rem 3rem -1.5rem #0004;\
      overflow-wrap:anywhere}\
      h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}\
      p{margin:0 0 1rem;color:var(--soft)}p:last-child{margin-bottom:0}\
      strong{color:var(--ink);font-weight:600}\
      .mark{display:block;width:2.75rem;height:2.75rem;margin:0 0 1.25rem;color:var(--press)}\
      .good{color:var(--good)}\
      form{margin:1.5rem 0 1.25rem}form:last-child{margin-bottom:0}\
      button{width:100%;min-height:3rem;padding:.75rem 1.25rem;border:0;border-radius:.625rem;\
      background:var(--press);color:var(--press-ink);font:inherit;font-weight:600;cursor:pointer}\
      button:hover{filter:brightness(1.08)}\
      button.plain{background:none;color:var(--press);border:1px solid var(--line)}\
      button:focus-visible{outline:3px solid var(--ink);outline-offset:3px}\
      .small{font-size:.9375rem}\
      .sender{margin:-.25rem 0 1rem;font-size:.875rem}\
      .logo{display:block;box-sizing:content-box;max-width:100%;height:auto;margin:0 0 1.25rem}\
      @media (prefers-color-scheme:dark){.logo{max-width:calc(100% - 1.25rem);padding:.5rem .625rem;\
      background:#fff;border-radius:.5rem}}\
      """;

  private static final String ENVELOPE =
      """
      <svg class="mark" viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="3" \
      stroke-linejoin="round" stroke-linecap="round" aria-hidden="true">\
      <rect x="5" y="10" width="38" height="28" rx="5"/><path d="m6.5 13 17.5 14 17.5-14"/></svg>
      """;

  private static final String TICK =
      """
      <svg class="mark good" viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="3" \
      stroke-linejoin="round" stroke-linecap="round" aria-hidden="true">\
      <circle cx="24" cy="24" r="19"/><path d="m15.5 24.5 6 6 11.5-12.5"/></svg>
      """;

  /// What the button sends: the field and value of RFC 8058 §3.1, so that it says the same as a
  /// mailbox provider, or that the recipient wants the mail after all.
  private static final String FORM =
      """
      <form method="post">
      <input type="hidden" name="%s" value="%s">
      <button type="submit"%s>%s</button>
      </form>
      """;

  /// The field by which a recipient takes an unsubscribing back, and its value.
  static final String CHANGE = "change";

  static final String SUBSCRIBE = "subscribe";

  private static final String POLICY =
      "default-src 'none'; style-src 'sha256-%s'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
          .formatted(digest(STYLE));

  private Pages() {}

  /// What a page is about.
  ///
  /// @param recipient the address
  /// @param sender whose mail it is
  /// @param list what the recipient knows the mail by; empty for everything that is sent to lists
  record Subject(String recipient, Sender sender, String list) {
    /// The name of the text about one list, or about all of them.
    String text(String name) {
      return list.isEmpty() ? name : name + ".list";
    }
  }

  /// Asks; nothing has happened yet.
  static Response ask(PageTexts texts, Subject subject) {
    Sender sender = subject.sender();
    return page(
        200,
        texts,
        "ask",
        sender,
        (sender.picture() == null ? ENVELOPE : "")
            + "<h1>%s</h1>\n%s<p>%s</p>\n"
                .formatted(
                    filled(texts, subject.text("ask.heading"), subject),
                    domain(texts, sender),
                    filled(texts, subject.text("ask.text"), subject))
            + unsubscribing(texts.text("ask.button"))
            + "<p class=\"small\">%s</p>\n".formatted(texts.text("ask.note")));
  }

  /// It is done, and can be taken back.
  static Response done(PageTexts texts, Subject subject) {
    Sender sender = subject.sender();
    return page(
        200,
        texts,
        "done",
        sender,
        TICK
            + "<h1 role=\"status\">%s</h1>\n%s<p>%s</p>\n<p class=\"small\">%s</p>\n"
                .formatted(
                    texts.text("done.heading"),
                    domain(texts, sender),
                    filled(texts, subject.text("done.text"), subject),
                    texts.text("done.note"))
            + FORM.formatted(CHANGE, SUBSCRIBE, " class=\"plain\"", texts.text("done.button")));
  }

  /// It was taken back.
  static Response back(PageTexts texts, Subject subject) {
    Sender sender = subject.sender();
    return page(
        200,
        texts,
        "back",
        sender,
        TICK
            + "<h1 role=\"status\">%s</h1>\n%s<p>%s</p>\n"
                .formatted(
                    texts.text("back.heading"),
                    domain(texts, sender),
                    filled(texts, subject.text("back.text"), subject)));
  }

  /// The wish could not be kept for now, or nobody knows whether it was.
  ///
  /// @param subscribe whether it was to get the mail again
  static Response tryAgain(PageTexts texts, boolean subscribe) {
    String button = texts.text("again.button");
    return page(
            503,
            texts,
            "again",
            Sender.UNKNOWN,
            ENVELOPE
                + "<h1 role=\"alert\">%s</h1>\n<p>%s</p>\n"
                    .formatted(texts.text("again.heading"), texts.text("again.text"))
                + (subscribe
                    ? FORM.formatted(CHANGE, SUBSCRIBE, "", button)
                    : unsubscribing(button)))
        .with("Retry-After", "120");
  }

  /// What somebody sees who types the host's name into a browser.
  static Response home(PageTexts texts) {
    return page(
        200,
        texts,
        "home",
        Sender.UNKNOWN,
        ENVELOPE
            + "<h1>%s</h1>\n<p>%s</p>\n"
                .formatted(texts.text("home.heading"), texts.text("home.text")));
  }

  /// In English: who sees it is a program more often than a recipient.
  static Response problem(Problem problem) {
    PageTexts texts = PageTexts.in("en");
    boolean lost = problem.status() == 404;
    String heading = texts.text(lost ? "lost.heading" : "problem.heading");
    String text = lost ? texts.text("lost.text") : escaped(problem.message());
    return page(
        problem.status(),
        texts,
        lost ? "lost" : "problem",
        Sender.UNKNOWN,
        ENVELOPE + "<h1>%s</h1>\n<p>%s</p>\n".formatted(heading, text));
  }

  private static String unsubscribing(String button) {
    return FORM.formatted("List-Unsubscribe", "One-Click", "", button);
  }

  /// An address or a name reads from left to right in any language.
  private static String filled(PageTexts texts, String name, Subject subject) {
    return texts.text(
        name,
        "<strong><bdi>" + escaped(subject.recipient()) + "</bdi></strong>",
        "<bdi>" + escaped(subject.sender().name()) + "</bdi>",
        "<bdi>" + escaped(subject.list()) + "</bdi>");
  }

  /// The domain stays in sight beside a name that anybody could choose.
  private static String domain(PageTexts texts, Sender sender) {
    return sender.isNamed()
        ? "<p class=\"sender\">%s</p>\n"
            .formatted(texts.text("sender", "", "<bdi>" + escaped(sender.domain()) + "</bdi>"))
        : "";
  }

  private static String logo(Sender sender) {
    Sender.Picture picture = sender.picture();
    return picture == null
        ? ""
        : "<img class=\"logo\" src=\"%s\" width=\"%d\" height=\"%d\" alt=\"%s\">\n"
            .formatted(picture.path(), picture.width(), picture.height(), escaped(sender.name()));
  }

  /// Isolated where text runs from right to left, in the name or around it.
  private static String title(PageTexts texts, String name, Sender sender) {
    String title = texts.text(name + ".title");
    if (!sender.isNamed()) {
      return title;
    }
    boolean mixed =
        texts.direction().equals("rtl")
            || Bidi.requiresBidi(sender.name().toCharArray(), 0, sender.name().length());
    return title + " · " + escaped(mixed ? "\u2068" + sender.name() + "\u2069" : sender.name());
  }

  private static Response page(
      int status, PageTexts texts, String name, Sender sender, String content) {
    return Response.html(
            status,
            """
            <!doctype html>
            <html lang="%s" dir="%s">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta name="robots" content="noindex,nofollow">
            <title>%s</title>
            <style>%s</style>
            </head>
            <body>
            <main>
            %s</main>
            </body>
            </html>
            """
                .formatted(
                    texts.language(),
                    texts.direction(),
                    title(texts, name, sender),
                    STYLE,
                    logo(sender) + content))
        .with("Content-Security-Policy", POLICY)
        .with("Content-Language", texts.language())
        .with("Vary", "Accept-Language")
        .with("Cache-Control", "no-store");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String digest(String style) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
