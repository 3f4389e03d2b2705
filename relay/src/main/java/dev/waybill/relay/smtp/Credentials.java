package dev.waybill.relay.smtp;

import java.util.Objects;

/// With what we prove to a host who we are. A value; it never shows its password.
///
/// @param user 1 to 255 octets without control characters
/// @param password the same, up to 1,000
/// @param inClear whether they may be said outside of TLS, or to a host that is not authenticated
public record Credentials(String user, String password, boolean inClear) {
  private static final int MAX_USER = 255;
  private static final int MAX_PASSWORD = 1_000;

  public Credentials {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    if (!isSayable(user, MAX_USER)) {
      throw new IllegalArgumentException(
          "user of %d characters (expected: 1 to %d without control characters)"
              .formatted(user.length(), MAX_USER));
    }
    if (!isSayable(password, MAX_PASSWORD)) {
      throw new IllegalArgumentException(
          "password … (expected: 1 to %d characters without control characters)"
              .formatted(MAX_PASSWORD));
    }
  }

  /// Whether the text can be a user's name.
  public static boolean isUser(String text) {
    return isSayable(text, MAX_USER);
  }

  /// Whether the text can be a password.
  public static boolean isPassword(String text) {
    return isSayable(text, MAX_PASSWORD);
  }

  /// NUL parts the two in PLAIN (RFC 4616 §2); no other control character is of use either.
  private static boolean isSayable(String text, int most) {
    return !text.isEmpty()
        && text.length() <= most
        && text.chars().noneMatch(c -> c < ' ' || c == 0x7F);
  }

  @Override
  public String toString() {
    return "Credentials[" + user + "]";
  }
}
