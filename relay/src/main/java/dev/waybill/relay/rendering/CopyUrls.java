package dev.waybill.relay.rendering;

import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.tokens.Tokens;
import org.jspecify.annotations.Nullable;

/// The addresses that stand in one copy and lead back here; made when first needed.
///
/// Confined to the thread that renders the copy.
final class CopyUrls {
  private final Tokens tokens;
  private final DeliveryKey delivery;
  private final EmailAddress recipient;
  private final SendingDomain domain;
  private final String base;
  private final String returnPathToken;
  private @Nullable String unsubscribe;

  CopyUrls(Tokens tokens, ReadyDelivery delivery, SendingDomain domain, String relayBase) {
    this.tokens = tokens;
    this.delivery = delivery.key();
    this.recipient = delivery.recipient();
    this.domain = domain;
    String label = domain.trackingSubdomain();
    this.base = label == null ? relayBase : "https://" + domain.name().child(label);
    this.returnPathToken = tokens.returnPath(delivery.key());
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
      known = base + "/u/" + tokens.unsubscribe(delivery, domain.id(), recipient);
      unsubscribe = known;
    }
    return known;
  }

  String click(String destination) {
    return base + "/c/" + tokens.click(delivery, destination);
  }

  /// Whether an address leads to this relay already.
  boolean isOwn(String destination) {
    return destination.startsWith(base + "/c/") || destination.startsWith(base + "/u/");
  }

  String pixel() {
    return "<img src=\""
        + base
        + "/o/"
        + tokens.open(delivery)
        + ".gif\" width=\"1\" height=\"1\" alt=\"\" border=\"0\">";
  }

  String htmlFooter() {
    return "<p style=\"font-size:12px;text-align:center\"><a href=\"%s\">Unsubscribe</a></p>"
        .formatted(unsubscribe());
  }

  String plainFooter() {
    return "\r\nUnsubscribe: %s\r\n".formatted(unsubscribe());
  }
}
