package dev.waybill.relay.testing;

import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.MessageFacts;

/// What is known of a message, with one thing changed.
public final class Facts {
  private Facts() {}

  public static MessageFacts with(MessageFacts facts, TlsWish wish) {
    return new MessageFacts(
        facts.id(),
        facts.acceptedAt(),
        facts.sendAt(),
        facts.domainId(),
        facts.domain(),
        facts.headerFrom(),
        facts.subject(),
        facts.stream(),
        facts.tag(),
        facts.metadata(),
        facts.trackOpens(),
        facts.trackClicks(),
        facts.received(),
        facts.size(),
        facts.eightBit(),
        facts.smtpUtf8(),
        facts.envelopeFrom(),
        wish);
  }
}
