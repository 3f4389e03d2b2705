package dev.waybill.relay.brand;

import java.util.Locale;
import java.util.Optional;

/// The kinds of pictures that every browser shows and that cannot hold a script.
///
/// The octets alone tell which one it is and how large: the first pages of the PNG, GIF89a, JPEG
/// (ITU T.81 §B) and WebP (RFC 9649 §2) formats.
public enum PictureFormat {
  PNG,
  JPEG,
  GIF,
  WEBP;

  /// How large a picture says it is, in pixels.
  record Area(int width, int height) {}

  private static final String PNG_START = "\u0089PNG\r\n\u001a\n\0\0\0\rIHDR";

  /// Such as `image/png`.
  public String mediaType() {
    return "image/" + name().toLowerCase(Locale.ROOT);
  }

  /// The kind whose marks the octets bear.
  static Optional<PictureFormat> of(byte[] octets) {
    if (bears(octets, 0, PNG_START)) {
      return Optional.of(PNG);
    } else if (bears(octets, 0, "\u00ff\u00d8\u00ff")) {
      return Optional.of(JPEG);
    } else if (bears(octets, 0, "GIF87a") || bears(octets, 0, "GIF89a")) {
      return Optional.of(GIF);
    }
    return bears(octets, 0, "RIFF") && bears(octets, 8, "WEBPVP8")
        ? Optional.of(WEBP)
        : Optional.empty();
  }

  /// Empty when the octets end before they tell it.
  Optional<Area> area(byte[] octets) {
    try {
      return switch (this) {
        case PNG -> Optional.of(new Area(big(octets, 16, 4), big(octets, 20, 4)));
        case JPEG -> jpeg(octets);
        case GIF -> Optional.of(new Area(little(octets, 6, 2), little(octets, 8, 2)));
        case WEBP -> webp(octets);
      };
    } catch (IndexOutOfBoundsException cut) {
      return Optional.empty();
    }
  }

  /// From segment to segment up to the one that begins the frame (ITU T.81 §B.1.1.3, §B.2.2).
  private static Optional<Area> jpeg(byte[] octets) {
    int at = 2;
    while (octets[at] == (byte) 0xFF) {
      int marker = octets[at + 1] & 0xFF;
      if (marker == 0xFF) {
        at++;
      } else if (marker >= 0xC0
          && marker <= 0xCF
          && marker != 0xC4
          && marker != 0xC8
          && marker != 0xCC) {
        return Optional.of(new Area(big(octets, at + 7, 2), big(octets, at + 5, 2)));
      } else if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
        at += 2;
      } else if (marker >= 0xD9 && marker <= 0xDA) {
        return Optional.empty();
      } else {
        at += 2 + Math.max(2, big(octets, at + 2, 2));
      }
    }
    return Optional.empty();
  }

  /// Lossy, lossless or extended (RFC 9649 §2.5 to §2.7).
  private static Optional<Area> webp(byte[] octets) {
    if (bears(octets, 12, "VP8X")) {
      return Optional.of(new Area(little(octets, 24, 3) + 1, little(octets, 27, 3) + 1));
    } else if (bears(octets, 12, "VP8L") && octets[20] == 0x2F) {
      int bits = little(octets, 21, 4);
      return Optional.of(new Area((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1));
    } else if (bears(octets, 12, "VP8 ") && bears(octets, 23, "\u009d\u0001\u002a")) {
      return Optional.of(new Area(little(octets, 26, 2) & 0x3FFF, little(octets, 28, 2) & 0x3FFF));
    }
    return Optional.empty();
  }

  private static boolean bears(byte[] octets, int from, String mark) {
    if (octets.length < from + mark.length()) {
      return false;
    }
    for (int i = 0; i < mark.length(); i++) {
      if ((octets[from + i] & 0xFF) != mark.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int big(byte[] octets, int from, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 8 | octets[from + i] & 0xFF;
    }
    return value;
  }

  private static int little(byte[] octets, int from, int count) {
    int value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << 8 | octets[from + i] & 0xFF;
    }
    return value;
  }
}
