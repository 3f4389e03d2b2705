package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.app.sandbox.Verdicts.Verdict;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The pieces of HTML that both pages are made of. Every text passes through [#escape].
final class Markup {
  private Markup() {}

  /// A whole page around a body that is HTML already.
  static String page(String title, String body) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>%s</title>
    <link rel="icon" href="data:image/svg+xml,%%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%%3E%%3Crect x='1' y='3' width='22' height='18' rx='5' fill='%%234f46e5'/%%3E%%3Cpath d='m5 9 7 5 7-5' fill='none' stroke='white' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'/%%3E%%3C/svg%%3E">
    <link rel="stylesheet" href="/sandbox/inbox.css">
    <script src="/sandbox/inbox.js" defer></script>
    </head>
    <body>
    <header class="bar"><div class="bar-in">
    <a class="brand" href="/sandbox/"><svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true"><rect x="1" y="3" width="22" height="18" rx="5" fill="currentColor"/><path d="m5.5 9 6.5 5 6.5-5" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg><span>Waybill <b>Sandbox</b></span></a>
    <span class="here"><i class="dot"></i>Nothing leaves this machine</span>
    </div></header>
    <main>
    %s
    </main>
    </body>
    </html>
    """
        .formatted(escape(title), body);
  }

  /// Text as HTML shows it, in elements and in quoted attributes; control characters become
  /// visible.
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default ->
            escaped.append(Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c);
      }
    }
    return escaped.toString();
  }

  /// A small coloured word with its reason as a tooltip.
  static String chip(String label, Verdict verdict) {
    return "<span class=\"chip %s\" title=\"%s\"><i>%s</i>%s</span>"
        .formatted(verdict.result().text(), escape(verdict.explanation()), sign(verdict), label);
  }

  static String sign(Verdict verdict) {
    return switch (verdict.result()) {
      case PASS -> "✓";
      case FAIL -> "✕";
      case NONE -> "–";
    };
  }

  /// A moment that the script turns into the reader's own time.
  static String time(Instant at) {
    Instant second = at.truncatedTo(ChronoUnit.SECONDS);
    return "<time datetime=\"%s\">%s UTC</time>"
        .formatted(second, second.toString().replace("T", " ").replace("Z", ""));
  }
}
