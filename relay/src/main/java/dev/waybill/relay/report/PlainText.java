package dev.waybill.relay.report;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;

/// Makes text of bounded length that can be compared out of what strangers wrote. Stateless; any
/// thread may call it.
final class PlainText {
  /// The longest text that becomes part of a fact.
  static final int MAX_FACT = 500;

  private PlainText() {}

  /// One line of at most [#MAX_FACT] characters: folds and control characters become single spaces.
  static String line(String text) {
    return squeezed(text, MAX_FACT);
  }

  /// Lower case, one space for any run of blanks, line breaks and control characters, typographic
  /// apostrophes made plain.
  static String comparable(String text, int max) {
    return squeezed(text, max).toLowerCase(Locale.ROOT).replace('\u2019', '\'');
  }

  private static String squeezed(String text, int max) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), max));
    boolean blank = false;
    for (int i = 0; i < text.length() && line.length() < max; i++) {
      char c = text.charAt(i);
      if (isBlank(c)) {
        blank = true;
      } else {
        if (blank && !line.isEmpty()) {
          line.append(' ');
        }
        blank = false;
        line.append(c);
      }
    }
    if (line.length() > max) {
      line.setLength(max);
    }
    if (!line.isEmpty() && Character.isHighSurrogate(line.charAt(line.length() - 1))) {
      line.setLength(line.length() - 1);
    }
    return line.toString().stripTrailing();
  }

  private static boolean isBlank(char c) {
    return Character.isISOControl(c) || Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /// The octets in the charset of that name; without a known one as UTF-8, or Latin-1 where they
  /// are none.
  static String decoded(byte[] octets, String charset) {
    try {
      return new String(octets, Charset.forName(charset.strip()));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
      return decoded(octets);
    }
  }

  private static String decoded(byte[] octets) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (CharacterCodingException other) {
      return new String(octets, StandardCharsets.ISO_8859_1);
    }
  }

  /// What HTML says to a reader, roughly: tags become spaces, scripts and styles vanish.
  static String ofHtml(String html) {
    StringBuilder text = new StringBuilder(html.length());
    int at = 0;
    while (at < html.length()) {
      char c = html.charAt(at);
      if (c == '<') {
        text.append(' ');
        at = behindTag(html, at);
      } else {
        text.append(c);
        at++;
      }
    }
    return text.toString()
        .replace("&nbsp;", " ")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
  }

  private static int behindTag(String html, int from) {
    for (String hidden : new String[] {"style", "script"}) {
      if (html.regionMatches(true, from + 1, hidden, 0, hidden.length())) {
        int end = from;
        do {
          end = html.indexOf("</", end + 1);
        } while (end >= 0 && !html.regionMatches(true, end + 2, hidden, 0, hidden.length()));
        return end < 0 ? html.length() : behind(html, end);
      }
    }
    return behind(html, from);
  }

  private static int behind(String html, int from) {
    int end = html.indexOf('>', from);
    return end < 0 ? html.length() : end + 1;
  }
}
