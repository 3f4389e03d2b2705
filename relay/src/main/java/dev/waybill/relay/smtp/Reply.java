package dev.waybill.relay.smtp;

import java.util.List;
import java.util.Optional;

/// A host's reply (RFC 5321 §4.2). A value; any thread may use it.
///
/// @param code 200 to 599
/// @param lines the text of each line without its code; control characters already replaced; at
///   least one, possibly empty
public record Reply(int code, List<String> lines) {
  /// How much of a reply [#text] keeps, in characters.
  public static final int MAX_TEXT = 2_000;

  public Reply {
    lines = List.copyOf(lines);
    if (code < 200 || code > 599 || lines.isEmpty()) {
      throw new IllegalArgumentException(
          "reply %d of %d lines (expected: 200..599, at least one line)"
              .formatted(code, lines.size()));
    }
  }

  /// A reply of one line.
  public static Reply of(int code, String text) {
    return new Reply(code, List.of(text));
  }

  /// The enhanced status where there is one that agrees with the code (RFC 2034 §4).
  public Optional<EnhancedStatus> status() {
    return EnhancedStatus.leading(lines.getFirst()).filter(status -> status.kind() == code / 100);
  }

  public boolean isPositive() {
    return code < 300;
  }

  public boolean isTemporary() {
    return code >= 400 && code < 500;
  }

  public boolean isPermanent() {
    return code >= 500;
  }

  /// Whether the host refuses a command as such (RFC 5321 §4.2.2: 500, 502 to 504, 555), and not
  /// this mail or its recipient: the two do not understand each other, which another attempt may
  /// mend. An enhanced status that speaks of anything but the protocol (RFC 3463 §3.6) counts more.
  public boolean isAboutDialogue() {
    boolean command = code == 500 || code == 502 || code == 503 || code == 504 || code == 555;
    return command
        && status().map(status -> status.subject() == 0 || status.subject() == 5).orElse(true);
  }

  /// Whether the host wants TLS or authentication before anything else (RFC 3207 §4, RFC 4954 §6).
  public boolean wantsSomethingFirst() {
    return code == 530;
  }

  /// Whether the host is closing the connection (RFC 5321 §3.8).
  public boolean isClosing() {
    return code == 421;
  }

  /// The whole reply as one line, such as `550 5.1.1 no such user`, cut off at [#MAX_TEXT].
  ///
  /// A status that every line repeats is kept once.
  public String text() {
    StringBuilder all = new StringBuilder().append(code);
    String status = status().map(EnhancedStatus::toString).orElse(null);
    for (int i = 0; i < lines.size() && all.length() < MAX_TEXT; i++) {
      String line = lines.get(i);
      if (i > 0 && status != null && line.startsWith(status)) {
        line = line.substring(status.length());
      }
      line = line.strip();
      if (!line.isEmpty()) {
        all.append(' ').append(line);
      }
    }
    return all.length() > MAX_TEXT ? all.substring(0, MAX_TEXT) : all.toString();
  }

  @Override
  public String toString() {
    return text();
  }
}
