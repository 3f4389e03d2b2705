package dev.waybill.relay.delivery;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.PostOffice;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.rendering.RenderedCopy;
import dev.waybill.relay.smtp.ClientSession;
import dev.waybill.relay.smtp.Envelope;
import dev.waybill.relay.smtp.Reply;
import dev.waybill.relay.smtp.Stage;
import dev.waybill.relay.smtp.TransactionResult;
import dev.waybill.relay.storage.StorageException;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries one site's deliveries, one after another, over one [Line]. Runs on its own virtual
/// thread and is confined to it.
final class SiteWorker implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SiteWorker.class);

  /// Conversations about one delivery at most, when connections are lost before the message was
  /// sent.
  private static final int MAX_CONVERSATIONS = 3;

  private static final int RENDERING_EXTRA = 16 * 1024;

  /// What came of a delivery.
  private sealed interface Result {
    record Ended(AttemptOutcome outcome) implements Result {}

    /// It was not attempted: back into the queue with it.
    record Unattempted() implements Result {}
  }

  private final Site site;
  private final Workshop shop;
  private final AtomicInteger attempting;
  private final Minutes minutes;
  private final HostWords words;
  private final Departure departure;
  private final Line line;
  private volatile @Nullable DeliveryKey current;
  private volatile Step step = Step.SENDING;

  /// @param attempting counts the deliveries under way
  SiteWorker(Site site, Workshop shop, AtomicInteger attempting) {
    this.site = site;
    this.shop = shop;
    this.attempting = attempting;
    this.minutes = shop.scribe().minutes();
    this.words = new HostWords(site, shop);
    this.departure = new Departure(site, shop);
    this.line = new Line(site, shop, departure, minutes, reached -> step = reached);
  }

  @Override
  public void run() {
    try {
      site.joined(this);
      boolean goOn = true;
      while (goOn) {
        ReadyDelivery delivery = site.take(patience());
        goOn = delivery != null && handle(delivery);
      }
    } finally {
      line.disconnect();
      site.left(this);
    }
  }

  /// Tells what becomes of its delivery just now, if that is one of the given; any thread may ask.
  void explain(Set<DeliveryKey> keys, BiConsumer<DeliveryKey, String> told) {
    DeliveryKey key = current;
    if (key != null && keys.contains(key)) {
      told.accept(key, step.words());
    }
  }

  /// @return whether the worker is to go on
  private boolean handle(ReadyDelivery delivery) {
    attempting.incrementAndGet();
    current = delivery.key();
    boolean called;
    try {
      Timer.Sample started = shop.meters().started();
      minutes.begin();
      switch (attemptSafely(delivery)) {
        case Result.Ended(AttemptOutcome outcome) -> {
          shop.scribe().ended(delivery, outcome, minutes);
          shop.ends().settled(delivery, outcome);
          shop.meters().ended(started, line.provider(), outcome);
          called = !(outcome instanceof AttemptOutcome.Postponed);
        }
        case Result.Unattempted _ -> {
          if (!site.putBack(delivery)) {
            shop.ends().released(delivery);
          }
          return false;
        }
      }
    } finally {
      current = null;
      attempting.decrementAndGet();
    }
    if (line.carriesOn()) {
      return true;
    }
    line.disconnect();
    // for the next connection the site stands in line like all others of its provider
    return !called || !site.budget().isBounded();
  }

  private Result attemptSafely(ReadyDelivery delivery) {
    try {
      return attempt(delivery);
    } catch (RuntimeException | Error fault) {
      LOG.error("delivery {} failed by our own fault", delivery.key(), fault);
      line.abandon();
      return new Result.Ended(new AttemptOutcome.Fault(String.valueOf(fault)));
    }
  }

  private Duration patience() {
    return line.session() == null || shop.connections().hasQueuedThreads()
        ? Duration.ZERO
        : site.limits().idle();
  }

  private Result attempt(ReadyDelivery delivery) {
    DomainName domain = delivery.recipient().domain();
    if (!departure.begins(delivery)) {
      line.hangUp();
    }
    Result refusal = line.session() == null ? connect(domain) : null;
    if (refusal != null) {
      return refusal;
    }
    long size = delivery.message().facts().size();
    long estimate = size + size / 4 + RENDERING_EXTRA;
    step = Step.MEMORY;
    int ofSite = site.memory().take(estimate);
    int ofAll = shop.memory().take(estimate);
    step = Step.SENDING;
    try {
      ClientSession session = line.session();
      return carry(delivery, session == null ? RenderedCopy.Host.ANY : host(session));
    } catch (StorageException trouble) {
      // the copy could not be made, now; nothing was said to the host
      LOG.warn("delivery {} waits for the storage: {}", delivery.key(), trouble.getMessage());
      return new Result.Ended(
          new AttemptOutcome.Unreachable("our storage: " + trouble.getMessage()));
    } finally {
      shop.memory().giveBack(ofAll);
      site.memory().giveBack(ofSite);
    }
  }

  /// @param expected what the host takes, as far as that is known
  private Result carry(ReadyDelivery delivery, RenderedCopy.Host expected) {
    RenderedCopy.Host madeFor = expected;
    RenderedCopy copy = shop.copies().make(delivery, madeFor);
    DomainName domain = delivery.recipient().domain();
    boolean tlsRequired =
        copy.requireTls() && !PostOffice.Kind.TLS_REPORT.is(delivery.message().facts());
    String reason = "";
    for (int conversation = 0; conversation < MAX_CONVERSATIONS; conversation++) {
      ClientSession last = line.session();
      if (last != null && !site.plan().permits(last, domain)) {
        line.hangUp();
      }
      Result refusal = line.session() == null ? connect(domain) : null;
      if (refusal == null && tlsRequired) {
        refusal = secure(domain);
      }
      ClientSession session = line.session();
      if (refusal != null || session == null) {
        return refusal == null ? new Result.Unattempted() : refusal;
      }
      if (!departure.takes()) {
        // others were faster: it looks for another address, or waits for another day
        return new Result.Unattempted();
      }
      boolean fresh = line.isFresh();
      AttemptOutcome.Peer peer = line.peer(session, tlsRequired);
      RenderedCopy.Host host = host(session);
      if (!copy.suits(host) && !host.equals(madeFor)) {
        madeFor = host;
        copy = shop.copies().make(delivery, host);
      }
      TransactionResult result =
          session.send(
              new Envelope(
                  copy.returnPath(),
                  copy.recipient(),
                  copy.eightBit(),
                  copy.smtpUtf8(),
                  delivery.dsn(),
                  site.plan().passesOn(session, delivery)),
              copy.bytes(),
              minutes.transaction());
      switch (result) {
        case TransactionResult.Accepted(Reply reply) -> {
          site.succeeded();
          return new Result.Ended(
              new AttemptOutcome.Delivered(peer, reply.text(), copy.remembered()));
        }
        case TransactionResult.Unsuitable(Reply reply) -> {
          return new Result.Ended(new AttemptOutcome.Rejected(peer, reply.text()));
        }
        case TransactionResult.Refused(Stage stage, Reply reply) -> {
          if (fresh || !HostWords.endsConnection(stage, reply)) {
            words.heed(stage, reply, line.provider());
            if (words.wantAnotherConnection(peer, stage, reply)) {
              line.hangUp();
            }
            return new Result.Ended(words.refusal(peer, stage, reply));
          }
          reason = reply.text();
        }
        case TransactionResult.Lost(Stage stage, String why) -> {
          reason = "%s [%s]: %s".formatted(peer.host(), peer.address(), why);
          if (fresh) {
            shop.connector().suspect(session.address());
          }
          if (stage == Stage.END) {
            line.hangUp();
            return new Result.Ended(new AttemptOutcome.Unreachable(reason));
          }
        }
      }
      line.hangUp();
    }
    return new Result.Ended(new AttemptOutcome.Unreachable(reason));
  }

  private static RenderedCopy.Host host(ClientSession with) {
    return new RenderedCopy.Host(with.extensions().eightBitMime(), with.extensions().smtpUtf8());
  }

  /// @return null when there is a session now, or what came of the delivery otherwise
  private @Nullable Result connect(DomainName domain) {
    if (shop.outages().current(site.key()).isPresent()) {
      // it is not tried, nor counted as if it had been: all that waits for the site is put off
      return new Result.Unattempted();
    }
    Optional<AttemptOutcome.Postponed> postponed = departure.held();
    if (postponed.isPresent()) {
      return untried(postponed.get());
    }
    HostConnector.Contact.None none = line.open(domain, false);
    if (none == null) {
      shop.outages().answered(site.key());
      return null;
    }
    if (site.isStopped() || (none.finding() == null && site.isCrowded(none.refusal() != null))) {
      return new Result.Unattempted();
    }
    Optional<AttemptOutcome.Postponed> missed =
        none.finding() == null ? departure.missed() : Optional.empty();
    if (missed.isPresent()) {
      return untried(missed.get());
    }
    words.unreached(none, line.provider());
    return new Result.Ended(none.outcome());
  }

  /// Not counted as if the site had been asked to take it.
  private Result untried(AttemptOutcome.Postponed outcome) {
    site.unused();
    return new Result.Ended(outcome);
  }

  /// Makes sure of a valid certificate; a host without one is no reason to call its site down.
  private @Nullable Result secure(DomainName domain) {
    ClientSession session = line.session();
    if (session != null && session.isVerified()) {
      return null;
    }
    line.hangUp();
    HostConnector.Contact.None none = line.open(domain, true);
    if (none == null) {
      return null;
    }
    return site.isStopped()
        ? new Result.Unattempted()
        : new Result.Ended(
            new AttemptOutcome.Unreachable("TLS is required; " + none.reason(), none.security()));
  }
}
