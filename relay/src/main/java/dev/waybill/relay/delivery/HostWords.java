package dev.waybill.relay.delivery;

import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.routes.Smarthost;
import dev.waybill.relay.smtp.Reply;
import dev.waybill.relay.smtp.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a host's words, or its silence, mean: for the one delivery, and for all mail to its site.
/// Any thread may use it.
record HostWords(Site site, Workshop shop) {
  private static final Logger LOG = LoggerFactory.getLogger(HostWords.class);

  /// Whether a connection has done its share: of a message that was to go over it next, this says
  /// nothing. A host that takes so many messages on one connection says so with 421 (RFC 5321
  /// §3.8), or to MAIL in the words for too many recipients (RFC 3463 §3.6).
  static boolean endsConnection(Stage stage, Reply reply) {
    return reply.isClosing()
        || (stage == Stage.MAIL
            && reply.code() == 452
            && reply
                .status()
                .filter(status -> status.subject() == 5 && status.detail() == 3)
                .isPresent());
  }

  /// What came of the one delivery that a host refused.
  AttemptOutcome refusal(AttemptOutcome.Peer peer, Stage stage, Reply reply) {
    String text = reply.text();
    boolean permanent =
        reply.isPermanent()
            && !reply.isAboutDialogue()
            && !lacksTls(peer, reply)
            && !isAboutUs(stage, reply);
    return permanent
        ? new AttemptOutcome.Rejected(peer, text)
        : new AttemptOutcome.Deferred(peer, text, RetryHint.in(text));
  }

  /// Whether another connection may hear what this one does not.
  boolean wantAnotherConnection(AttemptOutcome.Peer peer, Stage stage, Reply reply) {
    return lacksTls(peer, reply) || (isAboutUs(stage, reply) && Smarthost.isLogin(reply));
  }

  /// What a refusal says about all mail to the site. The delivery has its own outcome: the reply
  /// may be about it alone, and one that is tried again and again must not stop the others.
  void heed(Stage stage, Reply reply, String provider) {
    if (isAboutUs(stage, reply)) {
      LOG.warn("route {}: {} refuses us: {}", site.key().route(), site.key().hosts(), reply.text());
      if (Smarthost.isLogin(reply)) {
        shop.outages().failed(site.key(), reply.text());
      }
      return;
    }
    if (reply.isClosing()) {
      pause(reply.text(), provider);
    } else if (shop.throttling().isComplaint(reply) && site.throttled()) {
      LOG.info("site {} is asked for less: {}", site.key().hosts(), reply);
      shop.meters().shaped(provider, "throttled");
    }
    slow(reply, provider);
  }

  /// None of the site's hosts could be talked to.
  void unreached(HostConnector.Contact.None none, String provider) {
    if (none.finding() != null) {
      // the hosts are there, and are not asked again for a while
      LOG.info("site {} cannot have it: {}", site.key().hosts(), none.finding());
      return;
    }
    String route = site.key().route();
    if (!route.isEmpty()) {
      LOG.warn("route {} leads nowhere now: {}", route, none.reason());
    }
    if (none.refusal() != null) {
      // somebody is there, and wants to be left alone: what waits for the site was not tried
      pause(none.refusal(), provider);
      slow(reply(none.refusal()), provider);
    } else if (none.unresolved()) {
      LOG.info("site {} cannot be found: {}", site.key().hosts(), none.reason());
      shop.outages().unresolved(site.key(), none.reason());
    } else {
      LOG.info("site {} is down: {}", site.key().hosts(), none.reason());
      shop.outages().failed(site.key(), none.reason());
    }
  }

  private void pause(String reply, String provider) {
    if (site.turnedAway(reply)) {
      LOG.info("site {} is left alone for a while: {}", site.key().hosts(), reply);
      shop.meters().shaped(provider, "paused");
    }
  }

  /// What is said about us as a sender is said for all sites of the provider.
  private void slow(Reply reply, String provider) {
    if (site.budget().isBounded()
        && shop.throttling().isAboutSender(reply)
        && site.budget().throttled(shop.nanos().getAsLong())) {
      LOG.info("all sites of {} together are asked for less: {}", provider, reply);
      shop.meters().shaped(provider, "slowed");
    }
  }

  /// A reply of which the text is left, which begins with the code.
  private static Reply reply(String text) {
    return Reply.of(Integer.parseInt(text.substring(0, 3)), text.substring(3).strip());
  }

  /// Whether the operator's own smarthost has something against our login, and nothing against the
  /// mail.
  private boolean isAboutUs(Stage stage, Reply reply) {
    return !site.key().route().isEmpty() && Smarthost.isAboutUs(stage, reply);
  }

  /// Whether the host wants TLS first and it did not come about: on another connection it may.
  private static boolean lacksTls(AttemptOutcome.Peer peer, Reply reply) {
    return peer.tls() == null && reply.wantsSomethingFirst();
  }
}
