package dev.waybill.relay.rendering;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The words around the unsubscribe link that marketing mail without one gets.
///
/// Immutable; any thread may use it. The link stands where `__unsubscribe_url__` stands:
/// `[words](__unsubscribe_url__)` makes the words the link, by itself it is the address, of which
/// HTML shows the host. A text without it has its last line as the link. The same text and address
/// give the same octets each time.
final class Footer {
  private static final Pattern LINK =
      Pattern.compile("\\[(?<words>[^\\[\\]]+)]\\(__unsubscribe_url__\\)|__unsubscribe_url__");

  /// What no charset in use has anywhere else, and what means nothing in HTML.
  private static final String AS_IT_IS = " !()+,-./:;=?_%*";

  private static final String STYLE = "style=\"font-size:12px;text-align:center\"";

  /// RFC 5322 §2.1.1 asks for 78.
  private static final int PLAIN_LINE = 76;

  private static final int FEW_WORDS = 40;

  /// A run without a blank, as Chinese and Japanese are written: up to four octets a character stay
  /// below the 998 of SMTP (RFC 5321 §4.5.3.1.6). A mark is kept with its letter.
  private static final Pattern RUN =
      Pattern.compile(".{1,199}[^\\x{200D}](?![\\p{M}\\x{200D}])|.{1,200}");

  private static final int HTML_LINE = 600;
  private static final int LONGEST_HTML_LINE = 900;

  /// One piece of a line.
  private sealed interface Piece {
    record Words(String text) implements Piece {}

    /// The address by itself.
    record Address() implements Piece {}

    /// Words that are the link.
    record Link(String words) implements Piece {}

    /// The words of a last line that is the link.
    record LastLine(String words) implements Piece {}
  }

  private final List<List<Piece>> lines;
  private final boolean ours;

  private Footer(List<List<Piece>> lines, boolean ours) {
    this.lines = lines;
    this.ours = ours;
  }

  /// @param text the domain's own, with lines that end in LF; null for the relay's
  static Footer of(@Nullable String text) {
    if (text == null) {
      return new Footer(List.of(List.of(new Piece.LastLine("Unsubscribe"))), true);
    }
    List<List<Piece>> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      lines.add(pieces(line.strip()));
    }
    if (lines.stream().flatMap(List::stream).allMatch(Piece.Words.class::isInstance)) {
      String last = text.substring(text.lastIndexOf('\n') + 1).strip();
      lines.set(lines.size() - 1, List.of(new Piece.LastLine(last)));
    }
    return new Footer(List.copyOf(lines), false);
  }

  private static List<Piece> pieces(String line) {
    List<Piece> pieces = new ArrayList<>();
    Matcher link = LINK.matcher(line);
    int end = 0;
    while (link.find()) {
      pieces.add(new Piece.Words(line.substring(end, link.start())));
      String words = link.group("words");
      pieces.add(words == null ? new Piece.Address() : new Piece.Link(words));
      end = link.end();
    }
    pieces.add(new Piece.Words(line.substring(end)));
    return List.copyOf(pieces);
  }

  /// A paragraph in ASCII alone, and so the same in every charset.
  String html(String url) {
    Html html = new Html(url);
    for (int i = 0; i < lines.size(); i++) {
      if (i > 0) {
        html.out.append("<br>\r\n");
        html.column = 0;
      }
      lines.get(i).forEach(html::piece);
    }
    return ours
        ? "<p " + STYLE + ">" + html.out + "</p>"
        : "\r\n<p dir=\"auto\" " + STYLE + ">" + html.out + "</p>\r\n";
  }

  /// Lines of text behind an empty one, one character for each octet of the charset; empty where it
  /// cannot hold them.
  ///
  /// @param eightBit whether octets above 127 may be used
  Optional<String> plain(String url, Charset charset, boolean eightBit) {
    StringBuilder text = new StringBuilder("\r\n");
    for (List<Piece> line : lines) {
      wrap(line(line, url), url, text);
    }
    return octets(text.toString(), charset)
        .filter(octets -> eightBit || octets.chars().allMatch(c -> c < 0x80));
  }

  private static String line(List<Piece> pieces, String url) {
    StringBuilder line = new StringBuilder();
    boolean behindAddress = false;
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Words(String text) -> {
          if (behindAddress && !text.isEmpty() && continues(text.codePointAt(0))) {
            line.append(' ');
          }
          line.append(text);
        }
        case Piece.Address() -> {
          if (!line.isEmpty() && continues(line.codePointBefore(line.length()))) {
            line.append(' ');
          }
          line.append(url);
        }
        case Piece.Link(String words) -> line.append(words).append(" <").append(url).append('>');
        case Piece.LastLine(String words) ->
            line.append(words)
                .append(
                    Character.isLetterOrDigit(words.codePointBefore(words.length())) ? ": " : " ")
                .append(url);
      }
      behindAddress = piece instanceof Piece.Address;
    }
    return line.toString();
  }

  /// Whether a mail program might take the character for a part of the address beside it.
  private static boolean continues(int c) {
    return c >= 0x80 || Character.isLetterOrDigit(c) || "/-_?&=#%+~@:".indexOf(c) >= 0;
  }

  /// Breaks a line at blanks, and what has none for long within. An address stays behind a few
  /// words: it is longer than a line anyway.
  private static void wrap(String line, String url, StringBuilder into) {
    int column = 0;
    for (String word : line.split(" ", -1)) {
      for (String run : runs(word, url)) {
        int length = run.codePointCount(0, run.length());
        if (column > 0) {
          boolean fits =
              run.length() == word.length()
                  && (column + 1 + length <= PLAIN_LINE
                      || (column <= FEW_WORDS && run.contains(url)));
          into.append(fits ? " " : "\r\n");
          column = fits ? column + 1 : 0;
        }
        // no line of ours may be taken for a boundary (RFC 2046 §5.1.1)
        into.append(column == 0 && run.startsWith("--") ? " " : "").append(run);
        column += length;
      }
    }
    into.append("\r\n");
  }

  private static List<String> runs(String word, String url) {
    int at = word.indexOf(url);
    if (at >= 0 && word.length() - url.length() > 20) {
      List<String> runs = new ArrayList<>(runs(word.substring(0, at), url));
      runs.add(url);
      runs.addAll(runs(word.substring(at + url.length()), url));
      return runs;
    }
    return at >= 0 || word.length() <= PLAIN_LINE
        ? List.of(word)
        : RUN.matcher(word).results().map(MatchResult::group).toList();
  }

  /// Empty too where receivers might read something else: a yen sign in Shift_JIS is a backslash.
  private static Optional<String> octets(String text, Charset charset) {
    if (!charset.canEncode()) {
      return Optional.empty();
    }
    try {
      ByteBuffer encoded = charset.newEncoder().encode(CharBuffer.wrap(text));
      byte[] octets = new byte[encoded.remaining()];
      encoded.get(octets);
      return new String(octets, charset).equals(text)
          ? Optional.of(new String(octets, StandardCharsets.ISO_8859_1))
          : Optional.empty();
    } catch (CharacterCodingException unmappable) {
      return Optional.empty();
    }
  }

  /// Writes HTML; confined to one thread.
  private static final class Html {
    private final StringBuilder out = new StringBuilder(400);
    private final String url;
    private int column;

    Html(String url) {
      this.url = url;
    }

    void piece(Piece piece) {
      switch (piece) {
        case Piece.Words(String text) -> text.codePoints().forEach(this::character);
        case Piece.Address() -> link(String.valueOf(URI.create(url).getHost()));
        case Piece.Link(String words) -> link(words);
        case Piece.LastLine(String words) -> link(words);
      }
    }

    private void link(String words) {
      add("<a href=\"" + url + "\">");
      words.codePoints().forEach(this::character);
      add("</a>");
    }

    private void character(int c) {
      if (c == ' ' && column > HTML_LINE) {
        out.append("\r\n");
        column = 0;
      } else if (c == '-' && column == 0) {
        // as in plain text: no line of ours may be taken for a boundary
        add("&#45;");
      } else if (c < 0x80 && (Character.isLetterOrDigit(c) || AS_IT_IS.indexOf(c) >= 0)) {
        add(Character.toString(c));
      } else {
        add("&#" + c + ";");
      }
    }

    /// Breaks a line that has had no blank for long within a tag, where it is not seen.
    private void add(String atom) {
      if (column > 0 && column + atom.length() > LONGEST_HTML_LINE) {
        out.append("<wbr\r\n>");
        column = 1;
      }
      out.append(atom);
      column += atom.length();
    }
  }
}
