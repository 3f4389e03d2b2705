package dev.waybill.relay.tracking;

import dev.waybill.relay.brand.Logo;
import dev.waybill.relay.domains.SendingDomain;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A sender as a page shows it.
///
/// @param name its display name, or the domain again
/// @param domain empty for one that nobody knows any more
/// @param picture null for none
record Sender(String name, String domain, @Nullable Picture picture) {
  static final Sender UNKNOWN = new Sender("", "", null);

  /// The height of a logo on the page: 3 rem where the browser's text is as usual.
  private static final double TALLEST = 48;

  /// A logo, scaled down to fit a page, never up.
  ///
  /// @param path where this host serves it
  /// @param width in pixels of CSS
  /// @param height in pixels of CSS
  record Picture(String path, int width, int height) {
    static Picture of(UUID domainId, Logo logo) {
      double scale = Math.min(1, TALLEST / logo.height());
      return new Picture(
          "/l/" + domainId + "/" + logo.digest(),
          (int) Math.max(1, Math.round(logo.width() * scale)),
          (int) Math.max(1, Math.round(logo.height() * scale)));
    }
  }

  static Sender of(SendingDomain domain) {
    String name = domain.brand().displayName();
    Logo logo = domain.brand().logo();
    return new Sender(
        name == null ? domain.name().value() : name,
        domain.name().value(),
        logo == null ? null : Picture.of(domain.id(), logo));
  }

  /// Whether the name says something else than the domain.
  boolean isNamed() {
    return !name.equals(domain);
  }
}
