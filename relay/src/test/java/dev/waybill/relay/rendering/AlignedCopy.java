package dev.waybill.relay.rendering;

import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.tokens.Tokens;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.parser.Parser;

/// A copy laid beside what was submitted, with no knowledge of how it was made: what the relay adds
/// is cut out of the copy by its look, and the pieces in between must be the submitted octets from
/// the first to the last, but for the links' addresses, which must be what the tokens say.
///
/// @param problem what is wrong; empty for nothing
record AlignedCopy(int links, int pixels, int footers, int placeholders, String problem) {
  private static final String SOFT = "(?:=\r\n)*";
  private static final String TOKEN = "(?:[A-Za-z0-9_-]++(?:=2D|=\r\n)*+)++";
  private static final Pattern ADDED =
      Pattern.compile(
          SOFT
              + "(?:(?<pixel>(?:\r\n)?%s%s%s)|(?<footer>%s%s%s|(?:\r\n)?\r\nUnsubscribe: %s%s\r\n)|(?<link>%s%s)|(?<place>%s%s))"
                  .formatted(
                      flexible("<img src=\"" + RenderingBench.BASE + "/o/"),
                      TOKEN,
                      flexible(
                          ".gif\" width=\"1\" height=\"1\" alt=\"\" border=\"0\" style=\"position:absolute;margin-top:-1px\">"),
                      flexible(
                          "<p style=\"font-size:12px;text-align:center\"><a href=\""
                              + RenderingBench.BASE
                              + "/u/"),
                      TOKEN,
                      flexible("\">Unsubscribe</a></p>"),
                      flexible(RenderingBench.BASE + "/u/"),
                      TOKEN,
                      flexible(RenderingBench.BASE + "/c/"),
                      TOKEN,
                      flexible(RenderingBench.BASE + "/u/"),
                      TOKEN));
  private static final Pattern BASE64 =
      Pattern.compile(
          "(?i)(Content-Type: text/[^\r]*\r\nContent-Transfer-Encoding: base64\r\n"
              + "(?:[^\r\n]+\r\n)*\r\n)([A-Z0-9+/=\r\n]+)");

  static AlignedCopy of(byte[] submitted, byte[] copy, Tokens tokens) {
    Alignment alignment = new Alignment(body(submitted), body(copy), tokens);
    try {
      alignment.walk();
    } catch (AssertionError different) {
      return alignment.result(String.valueOf(different.getMessage()));
    }
    String problem = charsets(copy).equals(charsets(submitted)) ? "" : "charsets";
    return alignment.result(problem.isEmpty() ? base64Layout(submitted, copy) : problem);
  }

  /// The characters in their order, each perhaps escaped and followed by soft line breaks.
  private static String flexible(String literal) {
    StringBuilder pattern = new StringBuilder();
    for (char c : literal.toCharArray()) {
      pattern
          .append(c == '=' ? "=(?:3D)?" : c == '-' ? "(?:=2D|-)" : Pattern.quote(String.valueOf(c)))
          .append(SOFT);
    }
    return pattern.toString();
  }

  /// The body with every text part in base64 decoded, with a line break at its end.
  private static String body(byte[] message) {
    String text = new String(message, StandardCharsets.ISO_8859_1);
    String decoded =
        BASE64
            .matcher(text)
            .replaceAll(
                part -> Matcher.quoteReplacement(part.group(1) + decodedOrAsItIs(part.group(2))));
    String body = decoded.substring(decoded.indexOf("\r\n\r\n") + 4);
    return body.endsWith("\r\n") ? body : body + "\r\n";
  }

  private static String decodedOrAsItIs(String base64) {
    try {
      return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException broken) {
      return base64;
    }
  }

  /// A re-encoded part keeps the length of its lines; what was one line may become several.
  private static String base64Layout(byte[] submitted, byte[] copy) {
    Matcher before = BASE64.matcher(new String(submitted, StandardCharsets.ISO_8859_1));
    Matcher after = BASE64.matcher(new String(copy, StandardCharsets.ISO_8859_1));
    while (before.find() && after.find()) {
      int expected = longestLine(before.group(2));
      int found = longestLine(after.group(2));
      boolean oneLine = !before.group(2).strip().contains("\r\n");
      if (oneLine ? found > Math.max(76, expected) : found != expected) {
        return "base64 lines of %d (expected: %d)".formatted(found, expected);
      }
    }
    return "";
  }

  private static int longestLine(String text) {
    return text.lines().mapToInt(String::length).max().orElse(0);
  }

  private static List<String> charsets(byte[] message) {
    List<String> names = new ArrayList<>();
    Matcher charset =
        Pattern.compile("(?i)charset=[\r\n\t ]*\"?([\\w-]+)")
            .matcher(new String(message, StandardCharsets.ISO_8859_1));
    while (charset.find()) {
      names.add(charset.group(1));
    }
    return names;
  }

  /// One walk through both bodies.
  private static final class Alignment {
    private final String submitted;
    private final String copy;
    private final Tokens tokens;
    private int links;
    private int pixels;
    private int footers;
    private int placeholders;

    Alignment(String submitted, String copy, Tokens tokens) {
      this.submitted = submitted;
      this.copy = copy;
      this.tokens = tokens;
    }

    AlignedCopy result(String problem) {
      return new AlignedCopy(links, pixels, footers, placeholders, problem);
    }

    void walk() {
      Matcher added = ADDED.matcher(copy);
      int inCopy = 0;
      int here = 0;
      boolean found = added.find();
      String between = copy.substring(0, found ? added.start() : copy.length());
      here = expect(between, here, here, found && added.group("link") != null);
      while (found) {
        boolean unquoted = here < 0;
        here = Math.abs(here);
        String what = added.group();
        String kind = kind(added);
        inCopy = added.end();
        found = added.find();
        between = copy.substring(inCopy, found ? added.start() : copy.length());
        if (unquoted) {
          check(between.startsWith("\""), "no quote behind an unquoted link: " + between);
          between = between.substring(1);
        }
        boolean linkNext = found && added.group("link") != null;
        int gap = gap(kind, between, here, !found, linkNext);
        replaced(kind, what, submitted.substring(here, gap));
        here = expect(between, gap, gap, linkNext);
      }
      // a line break at the very end may have been taken for the addition's own
      check(
          List.of("", "\r\n", "=\r\n").contains(submitted.substring(Math.abs(here))),
          "octets are left: " + rest(Math.abs(here)));
    }

    /// Where the piece stands behind what was replaced.
    private int gap(String kind, String piece, int from, boolean last, boolean linkNext) {
      if (kind.equals("pixel") || kind.equals("footer")) {
        return submitted.startsWith("\r\n", from) && !submitted.startsWith(piece, from)
            ? from + 2
            : from;
      }
      if (last) {
        return submitted.length() - piece.length();
      }
      int at = submitted.indexOf(piece, from);
      if (at < 0 && linkNext && piece.endsWith("\"")) {
        at = submitted.indexOf(piece.substring(0, piece.length() - 1), from);
      }
      check(at >= 0, "\"%s\" is not in %s".formatted(piece, rest(from)));
      return at;
    }

    /// @return where the piece ends; negative when a quote was added at its end
    private int expect(String piece, int at, int from, boolean linkNext) {
      if (submitted.startsWith(piece, at)) {
        return at + piece.length();
      }
      if (at == submitted.length() && piece.equals("\r\n")) {
        // a message ends in a line break
        return at;
      }
      if (linkNext
          && piece.endsWith("\"")
          && submitted.startsWith(piece.substring(0, piece.length() - 1), at)) {
        return -(at + piece.length() - 1);
      }
      throw new AssertionError("\"%s\" was submitted as %s".formatted(piece, rest(from)));
    }

    private void replaced(String kind, String what, String raw) {
      switch (kind) {
        case "pixel" -> {
          pixels++;
          check(raw.isBlank(), "the pixel replaced " + raw);
        }
        case "footer" -> {
          footers++;
          check(raw.isBlank(), "the footer replaced " + raw);
        }
        case "place" -> {
          placeholders++;
          check(plain(raw).equals("__unsubscribe_url__"), "a placeholder replaced " + raw);
        }
        default -> {
          if (raw.equals(what)) {
            return;
          }
          links++;
          String token = plain(what).replaceFirst(".*/c/", "");
          String destination =
              tokens.readClick(token).map(Tokens.Click::destination).orElse("no token: " + token);
          check(isAddress(raw, destination), "\"%s\" leads to %s".formatted(raw, destination));
        }
      }
    }

    private boolean isAddress(String raw, String destination) {
      List<String> readings =
          new ArrayList<>(charsets(submitted.getBytes(StandardCharsets.ISO_8859_1)));
      readings.addAll(List.of("utf-8", "windows-1252"));
      return readings.stream()
          .filter(Charset::isSupported)
          .flatMap(
              name -> java.util.stream.Stream.of(raw, plain(raw)).map(text -> read(text, name)))
          .anyMatch(destination::equals);
    }

    private static String read(String raw, String charset) {
      String text = new String(raw.getBytes(StandardCharsets.ISO_8859_1), Charset.forName(charset));
      return Parser.unescapeEntities(text, true).replaceAll("[\r\n\t]", "").strip();
    }

    /// Quoted-printable taken off.
    private static String plain(String encoded) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try {
        jakarta.mail.internet.MimeUtility.decode(
                new ByteArrayInputStream(encoded.getBytes(StandardCharsets.ISO_8859_1)),
                "quoted-printable")
            .transferTo(out);
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      } catch (jakarta.mail.MessagingException impossible) {
        throw new AssertionError(impossible);
      }
      return out.toString(StandardCharsets.ISO_8859_1);
    }

    private String rest(int from) {
      return submitted.substring(from, Math.min(submitted.length(), from + 200));
    }

    private static String kind(Matcher added) {
      for (String name : List.of("pixel", "footer", "link")) {
        if (added.group(name) != null) {
          return name;
        }
      }
      return "place";
    }

    private static void check(boolean right, String problem) {
      if (!right) {
        throw new AssertionError(problem);
      }
    }
  }
}
