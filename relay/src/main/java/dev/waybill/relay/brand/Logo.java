package dev.waybill.relay.brand;

import dev.waybill.relay.brand.PictureFormat.Area;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/// What is known of a domain's picture without the picture.
///
/// @param size in octets, 1 to 65,536
/// @param width in pixels, 1 to 2,000
/// @param height in pixels, 1 to 2,000
/// @param digest SHA-256 of the octets in lower-case hexadecimal: another picture has another one,
///   so what is fetched by it never changes
public record Logo(PictureFormat format, int size, int width, int height, String digest) {
  /// The largest picture that is taken, in octets.
  public static final int MAX_SIZE = 64 * 1024;

  private static final int MAX_SIDE = 2_000;

  public Logo {
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(digest, "digest");
  }

  /// Looks at a picture.
  ///
  /// @throws IllegalArgumentException with words for the operator when it is no picture of a kind
  ///   that is taken, or too large
  static Logo of(byte[] picture) {
    if (picture.length > MAX_SIZE) {
      throw unfit("%,d octets".formatted(picture.length), "at most %,d".formatted(MAX_SIZE));
    }
    PictureFormat format =
        PictureFormat.of(picture)
            .orElseThrow(
                () -> unfit("no picture of a kind that is known", "PNG, JPEG, GIF or WebP"));
    Area area =
        format
            .area(picture)
            .orElseThrow(() -> unfit("a broken " + format, "one that says its width and height"));
    if (isUnfit(area.width()) || isUnfit(area.height())) {
      throw unfit(
          "%s of %s x %s pixels"
              .formatted(
                  format,
                  Integer.toUnsignedString(area.width()),
                  Integer.toUnsignedString(area.height())),
          "1 to %,d each way".formatted(MAX_SIDE));
    }
    return new Logo(format, picture.length, area.width(), area.height(), digest(picture));
  }

  private static boolean isUnfit(int side) {
    return side < 1 || side > MAX_SIDE;
  }

  private static IllegalArgumentException unfit(String found, String expected) {
    return new IllegalArgumentException("logo: %s (expected: %s)".formatted(found, expected));
  }

  private static String digest(byte[] picture) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(picture));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
