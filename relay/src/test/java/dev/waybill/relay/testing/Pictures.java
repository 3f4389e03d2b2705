package dev.waybill.relay.testing;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/// Pictures as programs write them.
public final class Pictures {
  /// From Google's `cwebp`, 3 by 2 pixels each: lossy, lossless, and extended for its transparency.
  public static final byte[] WEBP_LOSSY =
      decoded("UklGRjQAAABXRUJQVlA4ICgAAACQAQCdASoDAAIAAgA0JaACdLoAA5gA/vRRH/4ILin4p60v0Jse0wAA");

  public static final byte[] WEBP_LOSSLESS =
      decoded("UklGRh4AAABXRUJQVlA4TBEAAAAvAkAAAAdQoIIUsP+BiOh/AAA=");
  public static final byte[] WEBP_EXTENDED =
      decoded(
          "UklGRlYAAABXRUJQVlA4WAoAAAAQAAAAAgAAAQAAQUxQSAcAAAAAgICAgICAAFZQOCAoAAAAkAEAnQEqAwAC"
              + "AAIANCWgAnS6AAOYAP70UR/+CC4p+KetL9CbHtMAAA==");

  private Pictures() {}

  /// @param format `png`, `jpeg` or `gif`, written by the JDK
  public static byte[] of(String format, int width, int height) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(
          new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, out)) {
        throw new IllegalArgumentException(format);
      }
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
    return out.toByteArray();
  }

  private static byte[] decoded(String base64) {
    return Base64.getDecoder().decode(base64);
  }
}
