package dev.waybill.relay.rendering;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jsoup.nodes.Comment;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.Range;
import org.jsoup.parser.Parser;

/// Where an HTML text has links to count and where something may be added at its end.
///
/// Immutable; any thread may use it. Positions come from the HTML parser's own tracking and each is
/// checked against the text: where they do not agree the link is left alone.
///
/// @param links in the order of the text, without overlap
/// @param end where to insert at the end of the body; -1 where nothing can be shown: in a frameset,
///   in a comment or style that is never closed
/// @param unsubscribable whether some link unsubscribes
record HtmlPlaces(List<Link> links, int end, boolean unsubscribable) {
  /// A web link that may be counted.
  ///
  /// @param from where its value begins, behind the quote
  /// @param to behind its value
  /// @param quoted whether quotes stand around it
  /// @param destination the address, decoded
  record Link(int from, int to, boolean quoted, String destination) {}

  private static final int MAX_LINKS = 2_000;

  /// Longer addresses are left alone, so that those that count them stay below 2,000 characters.
  private static final int MAX_DESTINATION = 1_500;

  HtmlPlaces {
    links = List.copyOf(links);
  }

  /// @param text one character for each octet
  /// @param charset what the octets mean
  static HtmlPlaces of(String text, Charset charset, UnsubscribeLinks unsubscribing) {
    Document document = parse(text);
    Finder finder = new Finder(text, charset, unsubscribing);
    document.traverse((node, _) -> finder.look(node, 0, text));
    return new HtmlPlaces(
        new ArrayList<>(finder.links.values()), end(document, text), finder.unsubscribable);
  }

  private static Document parse(String text) {
    return Parser.htmlParser().setTrackPosition(true).parseInput(text, "");
  }

  private static int end(Document document, String text) {
    if (document.selectFirst("frameset") != null) {
      return -1;
    }
    for (String name : List.of("body", "html")) {
      Element element = document.selectFirst(name);
      if (element == null) {
        continue;
      }
      Range end = element.endSourceRange();
      if (end.isTracked()
          && !end.isImplicit()
          && text.regionMatches(true, end.startPos(), "</" + name, 0, 2 + name.length())) {
        return end.startPos();
      }
    }
    return takesMore(text) ? text.length() : -1;
  }

  /// Whether an element behind the text would be one: not within a comment, a style or a tag that
  /// was never closed.
  private static boolean takesMore(String text) {
    Element added = parse(text + "<br>").select("br").last();
    return added != null
        && added.sourceRange().startPos() == text.length()
        && added.closest("template, noscript, select") == null;
  }

  /// Gathers links while the tree is walked; confined to one thread.
  private static final class Finder {
    private final String whole;
    private final Charset charset;
    private final UnsubscribeLinks unsubscribing;

    /// By position, because a formatting element that the parser had to repeat comes up repeatedly.
    private final SortedMap<Integer, Link> links = new TreeMap<>();

    private boolean unsubscribable;

    Finder(String whole, Charset charset, UnsubscribeLinks unsubscribing) {
      this.whole = whole;
      this.charset = charset;
      this.unsubscribing = unsubscribing;
    }

    /// @param offset where `text` begins in the whole
    void look(Node node, int offset, String text) {
      if (node instanceof Element element) {
        if (element.nameIs("a") || element.nameIs("area")) {
          link(element, offset);
        }
      } else if (node instanceof Comment comment && offset == 0) {
        conditional(comment, text);
      }
    }

    /// What only Outlook shows is a comment to everybody else: `<!--[if mso]> … <![endif]-->`.
    private void conditional(Comment comment, String text) {
      String data = comment.getData();
      Range range = comment.sourceRange();
      if (!range.isTracked() || !data.stripLeading().regionMatches(true, 0, "[if", 0, 3)) {
        return;
      }
      int start = range.startPos() + "<!--".length();
      if (text.startsWith("<!--", range.startPos()) && text.startsWith(data, start)) {
        parse(data).traverse((node, _) -> look(node, start, data));
      }
    }

    private void link(Element element, int offset) {
      Range range = element.attributes().sourceRange("href").valueRange();
      if (!range.isTracked() || range.endPos() <= range.startPos()) {
        return;
      }
      int from = offset + range.startPos();
      int to = offset + range.endPos();
      if (from < 1 || to > whole.length() || links.containsKey(from)) {
        return;
      }
      String raw = whole.substring(from, to);
      Optional<String> address = decode(raw).filter(_ -> agrees(raw, element.attr("href")));
      if (address.isEmpty()) {
        return;
      }
      if (unsubscribing.matches(address.get(), element.text())) {
        unsubscribable = true;
        return;
      }
      char before = whole.charAt(from - 1);
      if (isWeb(address.get())
          && isSameEverywhere(address.get())
          && links.size() < MAX_LINKS
          && !element.attr("data-waybill-track").equalsIgnoreCase("false")) {
        links.put(from, new Link(from, to, before == '"' || before == '\'', address.get()));
      }
    }

    /// The address that the characters mean, cleaned as browsers do (URL Standard §4.4).
    private Optional<String> decode(String raw) {
      String text = raw;
      if (!raw.chars().allMatch(c -> c < 0x80)) {
        try {
          text =
              charset
                  .newDecoder()
                  .decode(ByteBuffer.wrap(raw.getBytes(StandardCharsets.ISO_8859_1)))
                  .toString();
        } catch (CharacterCodingException unclear) {
          return Optional.empty();
        }
      }
      return Optional.of(withoutBreaks(Parser.unescapeEntities(text, true)).strip());
    }

    /// Whether the parser took just these characters for the value.
    private static boolean agrees(String raw, String value) {
      return withoutBreaks(Parser.unescapeEntities(raw, true)).equals(withoutBreaks(value));
    }

    private static String withoutBreaks(String text) {
      return text.replace("\r", "").replace("\n", "").replace("\t", "");
    }

    private static boolean isWeb(String address) {
      int scheme =
          address.regionMatches(true, 0, "https://", 0, 8)
              ? 8
              : address.regionMatches(true, 0, "http://", 0, 7) ? 7 : -1;
      return scheme > 0
          && address.length() <= MAX_DESTINATION
          && hasHost(address, scheme)
          && address.chars().noneMatch(c -> c < 0x20 || c == 0x7F);
    }

    /// Whether a host stands there that a browser can reach (RFC 3986 §3.2), not what a template
    /// left.
    private static boolean hasHost(String address, int from) {
      int end = from;
      while (end < address.length() && "/?#\\".indexOf(address.charAt(end)) < 0) {
        end++;
      }
      String host = address.substring(Math.max(from, address.lastIndexOf('@', end - 1) + 1), end);
      int port = host.lastIndexOf(':');
      if (port > host.lastIndexOf(']')) {
        if (!host.substring(port + 1).chars().allMatch(Character::isDigit)) {
          return false;
        }
        host = host.substring(0, port);
      }
      boolean literal = host.startsWith("[") && host.endsWith("]");
      String name = literal ? host.substring(1, host.length() - 1) : host;
      return !name.isEmpty()
          && name.codePoints()
              .allMatch(c ->
                  Character.isUnicodeIdentifierPart(c)
                      || c == '.'
                      || c == '-'
                      || (literal && c == ':'));
    }

    /// Browsers write a query's letters beyond ASCII in the document's charset (URL Standard §4.4),
    /// which whoever follows the counted link does not know.
    private boolean isSameEverywhere(String address) {
      int query = address.indexOf('?');
      int fragment = address.indexOf('#');
      return query < 0
          || (fragment >= 0 && fragment < query)
          || charset.equals(StandardCharsets.UTF_8)
          || address
              .substring(query, fragment < 0 ? address.length() : fragment)
              .chars()
              .allMatch(c -> c < 0x80);
    }
  }
}
