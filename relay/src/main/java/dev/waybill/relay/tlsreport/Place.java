package dev.waybill.relay.tlsreport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// Where a domain wants its reports (RFC 8460 §3). A value.
sealed interface Place {
  /// How metrics call the way there.
  String method();

  /// By mail.
  record Mail(EmailAddress address) implements Place {
    @Override
    public String method() {
      return "mailto";
    }
  }

  /// By HTTPS.
  ///
  /// @param target path and query, printable ASCII
  record Web(DomainName host, int port, String target) implements Place {
    @Override
    public String method() {
      return "https";
    }
  }

  /// Reads a URI; empty when it is none that reports can go to.
  static Optional<Place> of(String text) {
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      return switch (scheme) {
        case "mailto" -> mail(uri);
        case "https" -> web(uri);
        default -> Optional.empty();
      };
    } catch (URISyntaxException malformed) {
      return Optional.empty();
    }
  }

  /// The address alone: what is to be in the letter's header is not for strangers to say.
  private static Optional<Place> mail(URI uri) {
    String address = uri.getRawSchemeSpecificPart().split("\\?", 2)[0];
    try {
      return EmailAddress.parse(
              URLDecoder.decode(address.replace("+", "%2B"), StandardCharsets.UTF_8))
          .map(Mail::new);
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  private static Optional<Place> web(URI uri) {
    if (uri.getHost() == null || uri.getRawUserInfo() != null) {
      return Optional.empty();
    }
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    int port = uri.getPort() < 0 ? 443 : uri.getPort();
    boolean plain = target.chars().allMatch(c -> c > ' ' && c < 0x7F) && port <= 65_535;
    return DomainName.parse(uri.getHost())
        .filter(_ -> plain && port > 0)
        .map(host -> new Web(host, port, target));
  }
}
