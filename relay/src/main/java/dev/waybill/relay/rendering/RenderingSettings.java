package dev.waybill.relay.rendering;

import dev.waybill.relay.message.DomainName;
import java.net.URI;
import java.util.Objects;

/// What the relay says of itself in the copies.
///
/// @param hostname the relay's own name, for the trace field of mail that it made itself
/// @param trackingBase where opens, clicks and unsubscribing arrive for domains without a tracking
///   host of their own: an absolute `http` or `https` address without query, such as
///   `https://track.example.com`
/// @param mimeDepth how deep multiparts are looked into, 1 to 200; what lies deeper is not touched
public record RenderingSettings(DomainName hostname, URI trackingBase, int mimeDepth) {
  public RenderingSettings {
    Objects.requireNonNull(hostname, "hostname");
    if (mimeDepth < 1 || mimeDepth > 200) {
      throw new IllegalArgumentException("MIME depth %d (expected: 1..200)".formatted(mimeDepth));
    }
    String scheme = trackingBase.getScheme();
    boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
    if (!web
        || trackingBase.getHost() == null
        || trackingBase.getRawQuery() != null
        || trackingBase.getRawFragment() != null
        || trackingBase.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "tracking base \"%s\" (expected: an address such as https://track.example.com)"
              .formatted(trackingBase));
    }
  }

  /// The base without a slash at its end.
  String base() {
    String text = trackingBase.toASCIIString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
