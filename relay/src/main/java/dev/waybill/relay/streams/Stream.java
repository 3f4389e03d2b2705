package dev.waybill.relay.streams;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// What kind of mail a message is, as its application says; it decides about unsubscribing.
///
/// @param name 1 to 32 lower-case letters, digits and hyphens, beginning with a letter
public record Stream(String name, Kind kind) {
  /// How mail of a stream is treated.
  public enum Kind {
    /// Mail that somebody's own action asked for: receipts, password resets.
    TRANSACTIONAL,
    /// Mail to a list: it carries List-Unsubscribe and honours it.
    MARKETING;

    /// Reads a name such as `marketing`.
    public static Optional<Kind> parse(String text) {
      return Arrays.stream(values()).filter(kind -> kind.text().equals(text)).findFirst();
    }

    /// The public name, such as `marketing`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The built-in stream of a message that names none.
  public static final Stream TRANSACTIONAL = new Stream("transactional", Kind.TRANSACTIONAL);

  /// The built-in stream for mail to lists.
  public static final Stream MARKETING = new Stream("marketing", Kind.MARKETING);

  /// The longest name.
  public static final int MAX_NAME = 32;

  public Stream {
    Objects.requireNonNull(kind, "kind");
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "stream \"%s\" (expected: 1 to %d of a-z, 0-9 and -, beginning with a letter)"
              .formatted(name, MAX_NAME));
    }
    for (Kind built : Kind.values()) {
      if (name.equals(built.text()) && kind != built) {
        throw new IllegalArgumentException(
            "kind of the built-in stream %s: %s (expected: %s)".formatted(name, kind.text(), name));
      }
    }
  }

  /// Whether a text may be a stream's name.
  public static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_NAME
        && text.charAt(0) >= 'a'
        && text.charAt(0) <= 'z'
        && text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
  }

  public boolean isMarketing() {
    return kind == Kind.MARKETING;
  }

  /// The names under which a suppression covers mail of this stream: its own, and that of its
  /// kind's built-in stream, which stands for all streams of the kind.
  public List<String> scopes() {
    return List.of(kind.text(), name);
  }

  /// What its recipients unsubscribe from: this stream where it is a list's, all lists of the
  /// domain else.
  public String unsubscribeScope() {
    return isMarketing() ? name : MARKETING.name;
  }
}
