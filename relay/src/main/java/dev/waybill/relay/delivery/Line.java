package dev.waybill.relay.delivery;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.smtp.ClientSession;
import dev.waybill.relay.transport.TransportLevel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A worker's one connection to its site: opened when there is something to say, counted against
/// everybody's connections, and ended after its share of messages. Confined to the worker.
final class Line {
  /// How many messages a connection may carry while others wait for one.
  private static final int FAIR_SHARE = 10;

  private final Site site;
  private final Workshop shop;
  private final Departure departure;
  private final Minutes minutes;
  private final Consumer<Step> steps;
  private @Nullable ClientSession session;
  private AttemptOutcome.@Nullable Security security;
  private boolean permitted;
  private String provider;
  private int carried;

  /// @param steps told what is waited for
  Line(Site site, Workshop shop, Departure departure, Minutes minutes, Consumer<Step> steps) {
    this.site = site;
    this.shop = shop;
    this.departure = departure;
    this.minutes = minutes;
    this.steps = steps;
    this.provider = shop.providers().of(site.plan().records().getFirst().exchange());
  }

  /// The conversation over it; null when there is none.
  @Nullable ClientSession session() {
    return session;
  }

  /// Whose host is, or was last, or would be spoken to.
  String provider() {
    return provider;
  }

  /// Whether nothing was carried over it yet.
  boolean isFresh() {
    return carried == 0;
  }

  /// One more delivery is done with.
  ///
  /// @return whether it can carry another
  boolean carriesOn() {
    return session != null && session.isUsable() && ++carried < share();
  }

  private int share() {
    int share = site.limits().messagesPerConnection();
    return shop.connections().hasQueuedThreads() || site.budget().isWanted()
        ? Math.min(share, FAIR_SHARE)
        : share;
  }

  /// @param enforced whether only hosts with a valid certificate will do
  /// @return null when it is open now, or why it is not
  HostConnector.Contact.@Nullable None open(DomainName domain, boolean enforced) {
    // those that were down take their time: they get a part of the connections, and no more
    boolean probing = !permitted && shop.outages().isSuspected(site.key());
    if (probing) {
      steps.accept(Step.PROBE);
      shop.probes().acquireUninterruptibly();
    }
    try {
      return openPermitted(domain, enforced);
    } finally {
      if (probing) {
        shop.probes().release();
      }
    }
  }

  private HostConnector.Contact.@Nullable None openPermitted(DomainName domain, boolean enforced) {
    if (!permitted) {
      steps.accept(Step.PERMIT);
      shop.connections().acquireUninterruptibly();
      permitted = true;
    }
    steps.accept(Step.CONNECTING);
    if (site.isStopped()) {
      return new HostConnector.Contact.None("delivery is stopping", false, null, null, null);
    }
    HostConnector.Call call =
        new HostConnector.Call(site.plan(), departure.choice(), domain, enforced, minutes);
    return switch (shop.connector().open(call)) {
      case HostConnector.Contact.Open(ClientSession opened, var how, var from) -> {
        session = opened;
        security = how;
        departure.opened(from);
        carried = 0;
        provider = shop.providers().of(opened.host());
        shop.meters().opened(provider);
        site.connected();
        steps.accept(Step.SENDING);
        yield null;
      }
      case HostConnector.Contact.None none -> none;
    };
  }

  /// Nobody knows what the host has heard: nothing more is said.
  void abandon() {
    if (session != null) {
      session.abandon();
    }
  }

  /// Ends the session and keeps the permit for the next: a worker that holds memory must never wait
  /// for a permit, since those who hold permits may be waiting for memory.
  void hangUp() {
    ClientSession last = session;
    if (last != null) {
      session = null;
      try {
        last.close();
      } finally {
        shop.meters().closed(provider);
        site.disconnected();
      }
    }
  }

  /// Ends the session and leaves the connection to others.
  void disconnect() {
    hangUp();
    if (permitted) {
      permitted = false;
      shop.connections().release();
    }
  }

  /// Whom a message is told to have gone to.
  ///
  /// @param with the session
  /// @param enforced whether the sending domain's wish counts: a session may be good enough by
  ///   chance
  AttemptOutcome.Peer peer(ClientSession with, boolean enforced) {
    String tls =
        with.tls()
            .map(how -> with.isVerified() ? how : how + " (certificate not verified)")
            .orElse(null);
    AttemptOutcome.Security how = security;
    if (enforced && how != null && how.policy().equals(TransportLevel.OPPORTUNISTIC.text())) {
      how =
          new AttemptOutcome.Security(
              TransportLevel.ENFORCED.text(), how.reason(), how.downgrade());
    }
    return new AttemptOutcome.Peer(
        with.host(), with.address().getAddress().getHostAddress(), tls, how, departure.source());
  }
}
