package dev.waybill.relay.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// Which Waybill this is.
final class Version {
  private Version() {}

  /// Such as `0.1.0`.
  static String text() {
    try (InputStream in = Version.class.getResourceAsStream("/waybill.properties")) {
      if (in == null) {
        throw new IllegalStateException("waybill.properties is not in the jar");
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
