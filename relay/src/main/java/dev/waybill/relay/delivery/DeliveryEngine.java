package dev.waybill.relay.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.waybill.relay.dns.MailHosts;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.rendering.RenderedCopy;
import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.shaping.Throttling;
import dev.waybill.relay.smtp.SmtpClient;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.transport.DomainPolicy;
import dev.waybill.relay.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes deliveries that are due and brings each to an outcome. Any thread may call it.
///
/// A delivery's domain is looked up once a minute at most, its site's queue is in memory, and the
/// site's workers, each a virtual thread with one connection, carry what waits. Nothing is shared
/// between sites but the bounds on connections and memory.
public final class DeliveryEngine {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);
  private static final Duration ROUTE_KEPT = Duration.ofSeconds(60);
  private static final Duration UNKNOWN_KEPT = Duration.ofSeconds(5);
  private static final Duration LAST_WAIT = Duration.ofSeconds(10);
  private static final int MAX_ROUTES = 100_000;

  /// Domains looked up at once; each has a query under way, and a query has a socket.
  private static final int MAX_LOOKUPS = 1_000;

  /// Sites that were down get one connection of so many, until they answer.
  private static final int PROBE_SHARES = 4;

  private static final List<ReadyDelivery> NONE = List.of();

  /// @param released the route that held the mail before; empty for none
  private record Destination(DomainName domain, String released) {}

  private final DeliverySettings settings;
  private final Transport transport;
  private final SmtpClient client;
  private final Outages outages;
  private final Workshop shop;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("delivery-", 0).factory());
  private final Cache<Destination, Route> routes =
      Caffeine.newBuilder()
          .maximumSize(MAX_ROUTES)
          .expireAfter(Expiry.<Destination, Route>creating((_, route) -> kept(route)))
          .build();
  private final Map<Destination, List<ReadyDelivery>> unplanned = new ConcurrentHashMap<>();
  private final Semaphore lookups = new Semaphore(MAX_LOOKUPS);
  private final Sites sites;
  private final AtomicInteger planning = new AtomicInteger();
  private final ReadWriteLock gate = new ReentrantReadWriteLock();
  private boolean stopping;

  /// @param transport says who takes a domain's mail, and how it has to travel there
  /// @param copies makes the copy; what it throws becomes a [AttemptOutcome.Fault]
  /// @param settle takes each outcome; must not wait for the network
  /// @param release takes back what a stop left unattempted
  public DeliveryEngine(
      DeliverySettings settings,
      Transport transport,
      RenderedCopy.Maker copies,
      BiConsumer<ReadyDelivery, AttemptOutcome> settle,
      Consumer<ReadyDelivery> release,
      DeliveryEnvironment environment) {
    this.settings = settings;
    this.transport = transport;
    this.client =
        new SmtpClient(
            settings.heloName(),
            settings.timeouts(),
            settings.trustedCertificates(),
            environment.nanos());
    this.outages = new Outages(environment.nanos());
    Providers providers = Providers.load();
    DeliveryMeters meters = new DeliveryMeters(environment.meters(), providers.names());
    this.shop =
        new Workshop(
            settings,
            connector(environment, meters),
            outages,
            providers,
            new Throttling(BounceJudge.load()),
            environment.nanos(),
            meters,
            new MemoryBudget(settings.memory()),
            new Semaphore(settings.totalConnections(), true),
            new Semaphore(Math.max(1, settings.totalConnections() / PROBE_SHARES), true),
            environment.warmUps(),
            copies,
            new Ends(settle, release),
            new Scribe(environment.nanos(), environment.attempts()));
    this.sites = new Sites(shop, threads);
  }

  private HostConnector connector(DeliveryEnvironment environment, DeliveryMeters meters) {
    OwnAddresses own =
        new OwnAddresses(
            settings.ownNames(),
            settings.sources().addresses().stream().map(SourceAddress::address).toList(),
            name -> transport.addresses(name, DomainPolicy.OPEN));
    return new HostConnector(
        client,
        transport,
        new HostWays(settings, own, environment.random()),
        environment.random(),
        meters);
  }

  /// Takes a delivery; never waits for the network. Once stopped, it is released at once.
  public void accept(ReadyDelivery delivery) {
    Destination destination = new Destination(delivery.recipient().domain(), delivery.heldRoute());
    planning.incrementAndGet();
    Route known = routes.getIfPresent(destination);
    if (known != null) {
      dispatch(delivery, known);
      return;
    }
    try {
      unplanned.compute(
          destination,
          (_, waiting) -> {
            List<ReadyDelivery> all = waiting;
            if (all == null) {
              threads.execute(() -> plan(destination));
              all = new ArrayList<>();
            }
            all.add(delivery);
            return all;
          });
    } catch (RejectedExecutionException stopped) {
      planning.decrementAndGet();
      shop.ends().released(delivery);
    }
  }

  /// Lets every site be called on again, as if none had failed or turned us away.
  public void forgetOutages() {
    outages.forget();
    sites.resume();
  }

  /// Why those of the given deliveries that are here have not gone yet, in words.
  public Map<DeliveryKey, String> waits(Set<DeliveryKey> keys) {
    Map<DeliveryKey, String> reasons = new HashMap<>();
    for (Destination destination : unplanned.keySet()) {
      unplanned.computeIfPresent(
          destination,
          (_, waiting) -> {
            waiting.stream()
                .map(ReadyDelivery::key)
                .filter(keys::contains)
                .forEach(
                    key -> reasons.put(key, "looking up the hosts of " + destination.domain()));
            return waiting;
          });
    }
    sites.explain(keys, reasons::put);
    return reasons;
  }

  /// Releases those of the given deliveries that wait for their site's turn; what is looked up or
  /// under way goes on.
  public void withdraw(Set<DeliveryKey> keys) {
    sites.withdraw(keys);
  }

  /// Takes no more, lets what is under way come to its end, and releases what was not attempted.
  ///
  /// @param grace after which connections are cut; what was under way then is settled as
  ///   unreachable
  public void stop(Duration grace) {
    gate.writeLock().lock();
    try {
      stopping = true;
    } finally {
      gate.writeLock().unlock();
    }
    sites.stop();
    threads.shutdown();
    try {
      if (!threads.awaitTermination(grace.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn("{} deliveries were cut off after {}", sites.attempting(), grace);
        client.close();
        if (!threads.awaitTermination(LAST_WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
          LOG.error("delivery did not come to an end: {}", load());
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      client.close();
    }
  }

  /// What is in hand now; each number by itself is exact, their sum only when nothing moves.
  public DeliveryLoad load() {
    return new DeliveryLoad(planning.get(), sites.waiting(), sites.attempting(), sites.count());
  }

  /// Looks a domain up, once for all deliveries that wait for it, and lets them go on in their
  /// order.
  private void plan(Destination destination) {
    Route route = null;
    AttemptOutcome fault = null;
    try {
      if (!isStopping()) {
        route = route(destination);
        routes.put(destination, route);
      }
    } catch (RuntimeException | Error ours) {
      LOG.error("the look-up of {} failed by our own fault", destination.domain(), ours);
      fault = new AttemptOutcome.Fault(String.valueOf(ours));
    }
    for (ReadyDelivery delivery : Objects.requireNonNullElse(unplanned.remove(destination), NONE)) {
      if (route != null) {
        dispatch(delivery, route);
        continue;
      }
      if (fault != null) {
        settle(delivery, fault);
      } else {
        shop.ends().released(delivery);
      }
      planning.decrementAndGet();
    }
  }

  /// The operator's word comes before the DNS's.
  private Route route(Destination destination) {
    return settings
        .routes()
        .of(destination.domain(), destination.released())
        .flatMap(Route::of)
        .orElseGet(() -> route(destination.domain()));
  }

  private Route route(DomainName domain) {
    Transport.Look look = transport.look(domain);
    MailHosts hosts;
    lookups.acquireUninterruptibly();
    try {
      hosts = look.hosts();
    } finally {
      lookups.release();
    }
    try {
      // a policy host that is slow keeps its own domain waiting and no other
      return Route.of(domain, hosts, look.policy(hosts), settings.ownNames());
    } catch (StorageException trouble) {
      LOG.warn("the policy of {} waits for the storage: {}", domain, trouble.getMessage());
      return new Route.Unknown("our storage: " + trouble.getMessage());
    }
  }

  private static Duration kept(Route route) {
    return switch (route) {
      case Route.To _, Route.Refused _, Route.Discarded _, Route.Held _ -> ROUTE_KEPT;
      case Route.Unknown _ -> UNKNOWN_KEPT;
    };
  }

  private void dispatch(ReadyDelivery delivery, Route route) {
    switch (route) {
      case Route.To to -> {
        MessageFacts facts = delivery.message().facts();
        enqueue(delivery, to.carrying(facts).from(settings.sources().poolOf(facts.stream())));
      }
      case Route.Refused(String reply) ->
          settle(delivery, new AttemptOutcome.Rejected(null, reply));
      case Route.Discarded(String name) -> settle(delivery, new AttemptOutcome.Discarded(name));
      case Route.Held(String name) -> settle(delivery, new AttemptOutcome.Held(name));
      case Route.Unknown(String reason) -> settle(delivery, new AttemptOutcome.Unreachable(reason));
    }
    planning.decrementAndGet();
  }

  private void settle(ReadyDelivery delivery, AttemptOutcome outcome) {
    shop.meters().count(Providers.OTHER, outcome);
    shop.scribe().ended(delivery, outcome);
    shop.ends().settled(delivery, outcome);
  }

  private boolean isStopping() {
    gate.readLock().lock();
    try {
      return stopping;
    } finally {
      gate.readLock().unlock();
    }
  }

  private void enqueue(ReadyDelivery delivery, Route.To to) {
    gate.readLock().lock();
    try {
      if (!stopping) {
        sites.offer(delivery, to);
        return;
      }
    } finally {
      gate.readLock().unlock();
    }
    shop.ends().released(delivery);
  }
}
