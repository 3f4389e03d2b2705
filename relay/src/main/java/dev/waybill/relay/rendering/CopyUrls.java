package dev.waybill.relay.rendering;

import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.tokens.Tokens;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The addresses that stand in one copy and lead back here; made when first needed.
///
/// Confined to the thread that renders the copy.
final class CopyUrls {
  private static final int MAX_URL = 2_000;

  private final Tokens tokens;
  private final DeliveryKey delivery;
  private final EmailAddress recipient;
  private final SendingDomain domain;
  private final String base;
  private final String relayBase;
  private final String returnPathToken;
  private final String unsubscribeScope;
  private @Nullable String unsubscribe;

  CopyUrls(Tokens tokens, ReadyDelivery delivery, SendingDomain domain, String relayBase) {
    this.tokens = tokens;
    this.delivery = delivery.key();
    this.recipient = delivery.recipient();
    this.domain = domain;
    this.relayBase = relayBase;
    String label = domain.trackingSubdomain();
    this.base = label == null ? relayBase : "https://" + domain.name().child(label);
    this.returnPathToken = tokens.returnPath(delivery.key());
    this.unsubscribeScope = delivery.message().facts().stream().unsubscribeScope();
  }

  EmailAddress returnPath() {
    return new EmailAddress("bounces+" + returnPathToken, domain.returnPathDomain());
  }

  EmailAddress unsubscribeAddress() {
    return new EmailAddress("unsubscribe+" + returnPathToken, domain.returnPathDomain());
  }

  String unsubscribe() {
    String known = unsubscribe;
    if (known == null) {
      known =
          base
              + "/u/"
              + tokens.unsubscribe(
                  new Tokens.Unsubscribe(delivery, domain.id(), recipient, unsubscribeScope));
      unsubscribe = known;
    }
    return known;
  }

  /// The address that counts a click; empty when it would be longer than browsers and mail programs
  /// are sure to bear.
  Optional<String> click(String destination) {
    String url = base + "/c/" + tokens.click(delivery, destination);
    return url.length() < MAX_URL ? Optional.of(url) : Optional.empty();
  }

  /// Whether an address leads to this relay already, under its own name or the domain's.
  boolean isOwn(String destination) {
    return leadsTo(base, destination) || leadsTo(relayBase, destination);
  }

  private static boolean leadsTo(String base, String destination) {
    int from = base.indexOf("://");
    int begin = destination.indexOf("://");
    int length = base.length() - from;
    int end = begin + length;
    return begin >= 0
        && destination.regionMatches(true, begin, base, from, length)
        && (end == destination.length() || "/?#:".indexOf(destination.charAt(end)) >= 0);
  }

  /// Out of the flow and a pixel up, so that the page keeps its height.
  String pixel() {
    return "<img src=\""
        + base
        + "/o/"
        + tokens.open(delivery)
        + ".gif\" width=\"1\" height=\"1\" alt=\"\" border=\"0\" style=\"position:absolute;margin-top:-1px\">";
  }

  String htmlFooter() {
    return Footer.of(domain.brand().unsubscribeFooter()).html(unsubscribe());
  }

  /// One character for each octet; the relay's own footer where the charset cannot hold the
  /// domain's.
  ///
  /// @param eightBit whether octets above 127 may be used
  String plainFooter(Charset charset, boolean eightBit) {
    return Footer.of(domain.brand().unsubscribeFooter())
        .plain(unsubscribe(), charset, eightBit)
        .or(() -> Footer.of(null).plain(unsubscribe(), StandardCharsets.US_ASCII, false))
        .orElseThrow();
  }
}
