package dev.waybill.relay.admin;

import dev.waybill.relay.brand.BrandWish;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads the fields of a domain that an update may take away. Stateless.
final class BrandFields {
  private static final String DATA = "data:";
  private static final String BASE64 = ";base64";

  private BrandFields() {}

  /// @param logo a `data:` URL
  /// @throws Refusal when the logo is something else
  static BrandWish wish(
      @Nullable String displayName, @Nullable String unsubscribeFooter, @Nullable String logo) {
    return new BrandWish(displayName, unsubscribeFooter, logo == null ? null : octets(logo));
  }

  /// A field's text: null where it is absent, empty for JSON's null.
  ///
  /// @throws Refusal when it is neither text nor null
  static @Nullable String text(String field, @Nullable JsonNode value) {
    if (value == null) {
      return null;
    }
    if (value.isNull()) {
      return "";
    }
    if (!value.isString()) {
      throw new Refusal(Problem.invalid(field, value.toString(), "a string or null"));
    }
    return value.asString();
  }

  /// The octets in a `data:` URL (RFC 2397) in base64; none for an empty text. The media type that
  /// it names says nothing: the picture itself does.
  private static byte[] octets(String url) {
    if (url.isEmpty()) {
      return new byte[0];
    }
    int comma = url.indexOf(',');
    if (comma >= 0
        && url.regionMatches(true, 0, DATA, 0, DATA.length())
        && url.regionMatches(true, comma - BASE64.length(), BASE64, 0, BASE64.length())) {
      try {
        return Base64.getDecoder().decode(url.substring(comma + 1));
      } catch (IllegalArgumentException notBase64) {
        // refused below like any other text
      }
    }
    throw new Refusal(
        Problem.invalid(
            "logo",
            "\"" + url.substring(0, Math.min(40, url.length())) + "…\"",
            "a picture as data:image/png;base64,…"));
  }
}
