package dev.waybill.relay.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.delivery.DeliveryEngine;
import dev.waybill.relay.delivery.DeliveryEnvironment;
import dev.waybill.relay.delivery.DeliverySettings;
import dev.waybill.relay.dns.Resolver;
import dev.waybill.relay.dns.SecureResolver;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.queue.StoredMessage;
import dev.waybill.relay.rendering.RenderedCopy;
import dev.waybill.relay.routes.RouteTable;
import dev.waybill.relay.shaping.Rate;
import dev.waybill.relay.shaping.Shaping;
import dev.waybill.relay.shaping.SiteLimits;
import dev.waybill.relay.smtp.ClientTimeouts;
import dev.waybill.relay.smtp.IpNetwork;
import dev.waybill.relay.sources.SourcePools;
import dev.waybill.relay.sources.WarmUps;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.transcripts.Attempt;
import dev.waybill.relay.transport.Transport;
import dev.waybill.relay.transport.TransportSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntFunction;

/// A real delivery engine with a real DNS and real hosts on 127.0.0.2, 127.0.0.3, … that share a
/// port.
///
/// Closing it checks that every delivery came back exactly once and that no connection is left.
public final class DeliveryHarness implements AutoCloseable {
  /// What a test may want otherwise.
  public record Options(
      Duration timeout,
      int siteConnections,
      int messagesPerConnection,
      Duration idle,
      Duration dnsTimeout,
      List<IpNetwork> allowed,
      Optional<Path> trusted,
      Shaping shaping,
      SourcePools sources) {
    public static Options usual() {
      return new Options(
          Duration.ofSeconds(20),
          20,
          100,
          Duration.ofMillis(200),
          Duration.ofSeconds(5),
          List.of(IpNetwork.of("127.0.0.0/8")),
          Optional.empty(),
          Shaping.load(),
          SourcePools.NONE);
    }

    public Options withTimeout(Duration each) {
      return new Options(
          each,
          siteConnections,
          messagesPerConnection,
          idle,
          dnsTimeout,
          allowed,
          trusted,
          shaping,
          sources);
    }

    public Options withSiteConnections(int most) {
      return new Options(
          timeout,
          most,
          messagesPerConnection,
          idle,
          dnsTimeout,
          allowed,
          trusted,
          shaping,
          sources);
    }

    public Options withMessagesPerConnection(int most) {
      return new Options(
          timeout, siteConnections, most, idle, dnsTimeout, allowed, trusted, shaping, sources);
    }

    public Options withIdle(Duration patience) {
      return new Options(
          timeout,
          siteConnections,
          messagesPerConnection,
          patience,
          dnsTimeout,
          allowed,
          trusted,
          shaping,
          sources);
    }

    public Options withDnsTimeout(Duration limit) {
      return new Options(
          timeout,
          siteConnections,
          messagesPerConnection,
          idle,
          limit,
          allowed,
          trusted,
          shaping,
          sources);
    }

    public Options withAllowed(List<IpNetwork> networks) {
      return new Options(
          timeout,
          siteConnections,
          messagesPerConnection,
          idle,
          dnsTimeout,
          networks,
          trusted,
          shaping,
          sources);
    }

    public Options withTrusted(Path pem) {
      return new Options(
          timeout,
          siteConnections,
          messagesPerConnection,
          idle,
          dnsTimeout,
          allowed,
          Optional.of(pem),
          shaping,
          sources);
    }

    /// With everybody asked to take messages no faster than this.
    public Options withMessageRate(String rate) {
      SiteLimits.Change change =
          new SiteLimits.Change(null, null, null, Rate.parse(rate).orElseThrow(), null, null);
      return withShaping(Shaping.load().with(Map.of(Shaping.GENERIC, change)));
    }

    public Options withShaping(Shaping wanted) {
      return new Options(
          timeout,
          siteConnections,
          messagesPerConnection,
          idle,
          dnsTimeout,
          allowed,
          trusted,
          wanted,
          sources);
    }

    public Options withSources(SourcePools pools) {
      return new Options(
          timeout,
          siteConnections,
          messagesPerConnection,
          idle,
          dnsTimeout,
          allowed,
          trusted,
          shaping,
          pools);
    }
  }

  /// Says how safely mail has to travel.
  @FunctionalInterface
  public interface Policies {
    /// @param port where hosts listen
    Transport on(Resolver resolver, TinyDnsServer dns, int port);
  }

  /// One for all harnesses: nothing is written to it unless a test says so.
  private static final Database NOTHING_NOTED = memory();

  public final TinyDnsServer dns = new TinyDnsServer();
  public final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /// Tells the day to what warms addresses up; it stands at the beginning of 1970-01-01.
  public final MovableClock clock = new MovableClock(Instant.EPOCH);

  public final WarmUps warmUps;
  public final DeliveryEngine engine;
  private final ScriptedMailHost first = new ScriptedMailHost("127.0.0.2", 0);
  private final List<ScriptedMailHost> hosts = new ArrayList<>(List.of(first));
  private final Map<DeliveryKey, List<AttemptOutcome>> outcomes = new ConcurrentHashMap<>();
  private final List<ReadyDelivery> released = new CopyOnWriteArrayList<>();
  private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  private final Map<DeliveryKey, Integer> accepted = new ConcurrentHashMap<>();
  private volatile BiConsumer<ReadyDelivery, AttemptOutcome> settled = (_, _) -> {};
  private volatile RenderedCopy.Maker copies = (delivery, _) -> plain(delivery);

  public DeliveryHarness() throws IOException {
    this(Options.usual());
  }

  public DeliveryHarness(Options options) throws IOException {
    this(options, (resolver, _, port) -> opportunistic(resolver, port));
  }

  public DeliveryHarness(Options options, Policies policies) throws IOException {
    this(options, policies, _ -> RouteTable.EMPTY);
  }

  /// @param routes for the port on which hosts listen
  public DeliveryHarness(Options options, IntFunction<RouteTable> routes) throws IOException {
    this(options, (resolver, _, port) -> opportunistic(resolver, port), routes);
  }

  private DeliveryHarness(Options options, Policies policies, IntFunction<RouteTable> routes)
      throws IOException {
    DeliverySettings settings =
        new DeliverySettings(
            "relay.example.com",
            Set.of(DomainName.of("bounces.example.com")),
            first.port(),
            options.sources(),
            options.allowed(),
            options.siteConnections(),
            options.messagesPerConnection(),
            options.idle(),
            500,
            16L << 20,
            ClientTimeouts.uniform(options.timeout()),
            options.trusted(),
            options.shaping(),
            routes.apply(first.port()));
    this.warmUps = new WarmUps(options.sources(), _ -> Duration.ofDays(5), clock);
    this.engine =
        new DeliveryEngine(
            settings,
            policies.on(
                new Resolver(List.of(dns.address()), options.dnsTimeout()), dns, first.port()),
            (delivery, host) -> copies.make(delivery, host),
            (delivery, outcome) -> {
              outcomes.compute(
                  delivery.key(),
                  (_, known) -> {
                    List<AttemptOutcome> all = known == null ? new CopyOnWriteArrayList<>() : known;
                    all.add(outcome);
                    return all;
                  });
              settled.accept(delivery, outcome);
            },
            released::add,
            new DeliveryEnvironment(
                System::nanoTime, new SecureRandom(), meters, attempts::add, warmUps));
  }

  private static Transport opportunistic(Resolver resolver, int port) {
    return new Transport(
        TransportSettings.of(false, false, port, Optional.empty()),
        resolver,
        SecureResolver.trusting(
            List.of(InetSocketAddress.createUnresolved("nobody.invalid", 53)),
            Duration.ofSeconds(1)),
        NOTHING_NOTED,
        new Transport.Surroundings(_ -> true, MovableClock.standing(), new SimpleMeterRegistry()));
  }

  /// A database of its own in memory.
  public static Database memory() {
    return Database.open(
        new DatabaseSettings(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "waybill", "", 4));
  }

  /// The host on 127.0.0.2.
  public ScriptedMailHost host() {
    return first;
  }

  /// One more host, on the given address and the common port.
  public ScriptedMailHost host(String address) throws IOException {
    ScriptedMailHost host = new ScriptedMailHost(address, first.port());
    hosts.add(host);
    return host;
  }

  /// Lets the domain's mail go to the host on 127.0.0.2.
  public DeliveryHarness receives(String domain) {
    dns.zone(domain + ". 60 IN MX 10 mx." + domain + ".", "mx." + domain + ". 60 IN A 127.0.0.2");
    return this;
  }

  /// Tells each outcome to somebody else too.
  public void settlesWith(BiConsumer<ReadyDelivery, AttemptOutcome> hearer) {
    settled = hearer;
  }

  /// Hands a delivery of a queue over.
  public void take(ReadyDelivery delivery) {
    accepted.merge(delivery.key(), 1, Integer::sum);
    engine.accept(delivery);
  }

  public void rendersWith(Function<ReadyDelivery, RenderedCopy> function) {
    copies = (delivery, _) -> function.apply(delivery);
  }

  /// Makes copies that know their host.
  public void rendersFor(RenderedCopy.Maker maker) {
    copies = maker;
  }

  /// Hands one delivery over.
  public DeliveryKey accept(String recipient) {
    return accept(recipient, "from test");
  }

  /// Hands one delivery over of a message that came in so.
  public DeliveryKey accept(String recipient, String received) {
    return accept(recipient, received, TlsWish.NONE);
  }

  /// Hands one delivery over of a message that is to travel so.
  public DeliveryKey accept(String recipient, String received, TlsWish wish) {
    return accept(recipient, received, UUID.randomUUID(), Stream.TRANSACTIONAL, "", wish);
  }

  /// Hands one delivery over, of mail that a domain sends in a stream.
  public DeliveryKey accept(String recipient, UUID domainId, Stream stream) {
    return accept(recipient, "from test", domainId, stream, "", TlsWish.NONE);
  }

  /// @param heldRoute the route that held it before
  public DeliveryKey released(String recipient, String heldRoute) {
    return accept(
        recipient, "from test", UUID.randomUUID(), Stream.TRANSACTIONAL, heldRoute, TlsWish.NONE);
  }

  private DeliveryKey accept(
      String recipient,
      String received,
      UUID domainId,
      Stream stream,
      String heldRoute,
      TlsWish wish) {
    DeliveryKey key = new DeliveryKey(UUID.randomUUID(), 0);
    byte[] bytes = "Subject: hello\r\n\r\nhello\r\n".getBytes(StandardCharsets.US_ASCII);
    MessageFacts facts =
        new MessageFacts(
            key.messageId(),
            Instant.EPOCH,
            null,
            domainId,
            DomainName.of("example.com"),
            "me@example.com",
            "hello",
            stream,
            null,
            Map.of(),
            null,
            null,
            received,
            bytes.length,
            false,
            false,
            null,
            wish);
    take(
        new ReadyDelivery(
            key,
            StoredMessage.inMemory(facts, bytes),
            EmailAddress.of(recipient),
            DsnParameters.NONE,
            0,
            null,
            heldRoute));
    return key;
  }

  /// Hands one delivery over and waits for its outcome.
  public AttemptOutcome deliver(String recipient) {
    return outcome(accept(recipient));
  }

  public AttemptOutcome outcome(DeliveryKey key) {
    if (!outcomes.containsKey(key)) {
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .atMost(Duration.ofSeconds(20))
          .until(() -> outcomes.containsKey(key));
    }
    return outcomes.get(key).getFirst();
  }

  /// What was said in the attempts at a delivery; each is there before its outcome.
  public List<Attempt> attempts(DeliveryKey key) {
    return attempts.stream().filter(attempt -> attempt.delivery().equals(key)).toList();
  }

  public boolean hasOutcome(DeliveryKey key) {
    return outcomes.containsKey(key);
  }

  public int outcomes() {
    return outcomes.size();
  }

  public List<ReadyDelivery> released() {
    return List.copyOf(released);
  }

  public static final RenderedCopy.Imprint IMPRINT =
      new RenderedCopy.Imprint("0123456789abcdef", Instant.EPOCH, List.of("wb1"));

  public static RenderedCopy plain(ReadyDelivery delivery) {
    return copy(delivery, false);
  }

  public static RenderedCopy copy(ReadyDelivery delivery, boolean requireTls) {
    return new RenderedCopy(
        EmailAddress.of("bounces+x@send.example.com"),
        delivery.recipient(),
        delivery.message().bytes(),
        false,
        false,
        requireTls,
        Set.of(),
        IMPRINT);
  }

  @Override
  public void close() throws IOException {
    engine.stop(Duration.ofSeconds(5));
    outcomes.forEach(
        (key, each) -> assertThat(each).hasSizeLessThanOrEqualTo(accepted.getOrDefault(key, 0)));
    assertThat(outcomes.values().stream().mapToInt(List::size).sum() + released.size())
        .isEqualTo(accepted.values().stream().mapToInt(times -> times).sum());
    assertThat(engine.load().deliveries()).isZero();
    assertThat(engine.load().sites()).isZero();
    await().untilAsserted(() -> assertThat(hosts).allMatch(host -> host.openConnections() == 0));
    assertThat(meters.find("waybill.delivery.connections").gauges())
        .isNotEmpty()
        .allMatch(gauge -> gauge.value() == 0);
    for (ScriptedMailHost host : hosts) {
      host.close();
    }
    dns.close();
  }
}
