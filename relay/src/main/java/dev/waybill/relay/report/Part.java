package dev.waybill.relay.report;

import dev.waybill.relay.message.HeaderBlock;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// A part of a message, read leniently: what programs that report about mail write is seldom what
/// the standards ask for. Immutable; any thread may use it.
///
/// @param message the bytes that it lies in
/// @param start where its header begins
/// @param header its header
/// @param end behind its body
/// @param mediaType in lower case; `text/plain` where none is given
record Part(byte[] message, int start, HeaderBlock header, int end, String mediaType) {
  /// How many octets of a part are looked at.
  static final int MAX_CONTENT = 64 * 1024;

  private static final int MOST_PARTS = 100;
  private static final int MOST_DEPTH = 10;

  /// The parts of a message that are no multiparts, at most 100 from at most ten levels, in their
  /// order. A multipart without its last boundary ends with the bytes, and one without any is a
  /// part.
  static List<Part> of(byte[] message) {
    List<Part> parts = new ArrayList<>();
    collect(message, 0, message.length, 0, parts);
    return parts;
  }

  /// The message itself as one part, whatever its type.
  static Part whole(byte[] message) {
    return at(message, 0, message.length);
  }

  private static Part at(byte[] message, int from, int to) {
    HeaderBlock header = HeaderBlock.parse(message, from, to);
    String type = header.value("Content-Type").orElse("text/plain");
    return new Part(message, from, header, to, word(type, ";( \t\r\n"));
  }

  private static void collect(byte[] message, int from, int to, int depth, List<Part> into) {
    if (into.size() >= MOST_PARTS) {
      return;
    }
    Part part = at(message, from, to);
    String boundary =
        part.mediaType.startsWith("multipart/") && depth < MOST_DEPTH
            ? parameter(part.header.value("Content-Type").orElse(""), "boundary")
            : "";
    List<int[]> children =
        boundary.isEmpty()
            ? List.of()
            : children(
                message, part.bodyStart(), to, ("--" + boundary).getBytes(StandardCharsets.UTF_8));
    if (children.isEmpty()) {
      into.add(part);
    }
    for (int[] child : children) {
      collect(message, child[0], child[1], depth + 1, into);
    }
  }

  private static List<int[]> children(byte[] message, int from, int to, byte[] delimiter) {
    List<int[]> children = new ArrayList<>();
    int child = -1;
    int line = from;
    while (line < to && children.size() < MOST_PARTS) {
      int next = lineEnd(message, line, to);
      boolean last = isLast(message, line + delimiter.length, next);
      if (beginsWith(message, line, next, delimiter)
          && (last || isBlank(message, line + delimiter.length, next))) {
        if (child >= 0) {
          children.add(new int[] {child, line});
        }
        child = last ? -1 : next;
      }
      line = next;
    }
    if (child >= 0 && children.size() < MOST_PARTS) {
      children.add(new int[] {child, to});
    }
    return children;
  }

  private static boolean beginsWith(byte[] message, int from, int to, byte[] delimiter) {
    return to - from >= delimiter.length
        && Arrays.equals(message, from, from + delimiter.length, delimiter, 0, delimiter.length);
  }

  private static boolean isLast(byte[] message, int from, int to) {
    return from + 2 <= to
        && message[from] == '-'
        && message[from + 1] == '-'
        && isBlank(message, from + 2, to);
  }

  private static boolean isBlank(byte[] message, int from, int to) {
    for (int i = from; i < to; i++) {
      if (message[i] != ' ' && message[i] != '\t' && message[i] != '\r' && message[i] != '\n') {
        return false;
      }
    }
    return true;
  }

  private static int lineEnd(byte[] message, int from, int to) {
    for (int i = from; i < to; i++) {
      if (message[i] == '\n') {
        return i + 1;
      }
    }
    return to;
  }

  int bodyStart() {
    return Math.min(header.bodyStart(), end);
  }

  /// The first field of that name as one line; empty when there is none.
  String field(String name) {
    return header.value(name).map(PlainText::line).orElse("");
  }

  boolean isText() {
    return mediaType.startsWith("text/") && !mediaType.equals("text/rfc822-headers");
  }

  /// Its content with the transfer encoding undone, at most [#MAX_CONTENT] octets; where the
  /// encoding breaks off, what was readable before.
  byte[] content() {
    return content(MAX_CONTENT);
  }

  /// As [#content()], up to another length.
  byte[] content(int most) {
    int length = Math.min(end - bodyStart(), 2 * most);
    String encoding = word(field("Content-Transfer-Encoding"), "; \t");
    ByteArrayInputStream raw = new ByteArrayInputStream(message, bodyStart(), length);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (InputStream in =
        switch (encoding) {
          case "base64", "quoted-printable" -> MimeUtility.decode(raw, encoding);
          case String _ -> raw;
        }) {
      for (int octet = in.read(); octet >= 0 && content.size() < most; octet = in.read()) {
        content.write(octet);
      }
    } catch (IOException | MessagingException brokenOff) {
      // the rest cannot be read; what could be was kept
      return content.toByteArray();
    }
    return content.toByteArray();
  }

  /// Its content as text for people, HTML without its tags.
  String text() {
    String text =
        PlainText.decoded(content(), parameter(header.value("Content-Type").orElse(""), "charset"));
    return mediaType.equals("text/html") ? PlainText.ofHtml(text) : text;
  }

  /// The first word, in lower case.
  private static String word(String value, String ends) {
    String stripped = value.strip();
    int end = 0;
    while (end < stripped.length() && ends.indexOf(stripped.charAt(end)) < 0) {
      end++;
    }
    return stripped.substring(0, Math.min(end, 100)).toLowerCase(Locale.ROOT);
  }

  /// A parameter of a structured field (RFC 2045 §5.1), with or without quotes; empty for none.
  private static String parameter(String value, String name) {
    String lower = value.toLowerCase(Locale.ROOT);
    for (int at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + 1)) {
      int position = at + name.length();
      while (position < value.length() && Character.isWhitespace(value.charAt(position))) {
        position++;
      }
      if (position < value.length()
          && value.charAt(position) == '='
          && (at == 0 || " \t\r\n;".indexOf(value.charAt(at - 1)) >= 0)) {
        return parameterValue(value.substring(position + 1).strip());
      }
    }
    return "";
  }

  private static String parameterValue(String rest) {
    int end;
    int begin = rest.startsWith("\"") ? 1 : 0;
    if (begin == 1) {
      end = rest.indexOf('"', 1);
    } else {
      end = 0;
      while (end < rest.length() && "; \t\r\n".indexOf(rest.charAt(end)) < 0) {
        end++;
      }
    }
    return rest.substring(begin, Math.min(end < 0 ? rest.length() : end, 200 + begin))
        .stripTrailing();
  }
}
