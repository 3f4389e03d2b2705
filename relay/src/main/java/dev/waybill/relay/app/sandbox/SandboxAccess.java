package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.message.DomainName;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Objects;

/// How programs and people reach a running sandbox.
///
/// @param domain the verified sending domain
/// @param smtp the submission door with STARTTLS
/// @param smtpTls the submission door with TLS from the first octet
/// @param user any name will do; `waybill` by convention
/// @param password an API key that may send
/// @param adminUrl the admin API, without a slash at its end
/// @param adminKey a key with full access
/// @param dns the sandbox's DNS
/// @param mx the receiving mail host
/// @param inbox the inbox page, with a slash at its end
public record SandboxAccess(
    DomainName domain,
    InetSocketAddress smtp,
    InetSocketAddress smtpTls,
    String user,
    String password,
    URI adminUrl,
    String adminKey,
    InetSocketAddress dns,
    InetSocketAddress mx,
    URI inbox) {
  public SandboxAccess {
    Objects.requireNonNull(domain, "domain");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(adminKey, "adminKey");
    if (!inbox.getPath().endsWith("/")) {
      throw new IllegalArgumentException(
          "inbox: %s (expected: an URL that ends with /)".formatted(inbox));
    }
  }

  static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
