package dev.waybill.relay.testing;

import dev.waybill.relay.breakers.BreakerSettings;
import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.HealthGate;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.queue.QueueSettings;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.queue.Recipient;
import dev.waybill.relay.queue.RetrySchedule;
import dev.waybill.relay.queue.SubmittedBody;
import dev.waybill.relay.queue.SuppressionCheck;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.storage.GroupCommit;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A real queue on a real database, whose deliveries the test takes out by hand.
public final class QueueBench implements AutoCloseable {
  /// How a bench differs from the usual one.
  ///
  /// @param retention for how long and how much of submitted bodies is kept when they are settled
  public record Options(
      int readyLimit,
      SuppressionCheck suppressed,
      QueueSettings.Retention retention,
      long minFreeDisk,
      QueueSettings.OfStreams streams,
      BreakerSettings breakers) {
    public Options(int readyLimit, SuppressionCheck suppressed) {
      this(
          readyLimit,
          suppressed,
          retention(Duration.ZERO, 0),
          1 << 20,
          QueueSettings.OfStreams.NONE,
          BreakerSettings.standard());
    }

    public static Options usual() {
      return new Options(1_000, (_, _, _) -> Map.of());
    }

    public static Options retaining(Duration raw, long rawSize) {
      return new Options(
          1_000,
          (_, _, _) -> Map.of(),
          retention(raw, rawSize),
          1 << 20,
          QueueSettings.OfStreams.NONE,
          BreakerSettings.standard());
    }

    public Options withMinFreeDisk(long octets) {
      return new Options(readyLimit, suppressed, retention, octets, streams, breakers);
    }

    public Options with(BreakerSettings settings) {
      return new Options(readyLimit, suppressed, retention, minFreeDisk, streams, settings);
    }

    private static QueueSettings.Retention retention(Duration raw, long rawSize) {
      return new QueueSettings.Retention(Duration.ofDays(30), raw, rawSize);
    }
  }

  public final Database database;
  public final Journal journal;
  public final Breakers breakers;
  public final Queue queue;
  public final HealthGate health;
  private final MovableClock clock;
  private final LinkedBlockingQueue<ReadyDelivery> handedOver = new LinkedBlockingQueue<>();
  private final TimeOrderedIds ids;
  private boolean closed;

  public QueueBench(DatabaseSettings settings, Path dataDir, MovableClock clock, Options options) {
    this.clock = clock;
    this.ids = new TimeOrderedIds(clock, RandomGenerator.getDefault());
    this.database = Database.open(settings);
    QueueSettings.Limits limits =
        new QueueSettings.Limits(
            options.readyLimit(), 1 << 20, options.minFreeDisk(), Duration.ofSeconds(30), 4_096);
    this.health = new HealthGate(dataDir, limits);
    GroupCommit commits = new GroupCommit(database, health, System::nanoTime);
    this.journal = new Journal(database, commits);
    this.breakers =
        new Breakers(
            options.breakers(),
            Streams.builtIn(),
            new Breakers.Foundation(
                database, journal, clock, RandomGenerator.getDefault(), new SimpleMeterRegistry()));
    RetrySchedule retry =
        new RetrySchedule(Duration.ofMinutes(1), Duration.ofHours(4), Duration.ofDays(5), 0);
    try {
      this.queue =
          new Queue(
              new QueueSettings(
                  dataDir, "test", retry, limits, options.retention(), options.streams()),
              new Queue.Foundation(
                  database, commits, journal, health, clock, RandomGenerator.getDefault()),
              options.suppressed(),
              breakers);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    queue.start(handedOver::add);
  }

  /// A message of the given body to the given recipients, not yet accepted.
  public Acceptance message(String body, String... recipients) {
    return message(body, null, recipients);
  }

  public Acceptance message(String body, @Nullable Instant sendAt, String... recipients) {
    return message(body, Stream.TRANSACTIONAL, sendAt, recipients);
  }

  public Acceptance message(
      String body, Stream stream, @Nullable Instant sendAt, String... recipients) {
    return message(UUID.randomUUID(), body, stream, sendAt, recipients);
  }

  /// Mail that a domain sends in a stream.
  public Acceptance message(
      UUID domainId, String body, Stream stream, @Nullable Instant sendAt, String... recipients) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    MessageFacts facts =
        new MessageFacts(
            ids.next(),
            clock.instant(),
            sendAt,
            domainId,
            DomainName.of("sender.example"),
            "app@sender.example",
            "Hello",
            stream,
            null,
            Map.of("order", "17"),
            null,
            true,
            "from app.example by relay.example",
            bytes.length,
            false,
            false,
            EmailAddress.of("app@sender.example"),
            TlsWish.NONE);
    List<Recipient> list =
        Arrays.stream(recipients)
            .map(a -> new Recipient(EmailAddress.of(a), null, DsnParameters.NONE))
            .toList();
    return new Acceptance(facts, new SubmittedBody.InMemory(bytes), list, null, null);
  }

  /// Accepts and waits until it is durable.
  public UUID accept(Acceptance acceptance) {
    queue.accept(acceptance).orTimeout(30, TimeUnit.SECONDS).join();
    return acceptance.facts().id();
  }

  /// The next delivery handed over, within ten seconds.
  public ReadyDelivery next() {
    ReadyDelivery delivery = poll(Duration.ofSeconds(10));
    if (delivery == null) {
      throw new AssertionError("no delivery was handed over");
    }
    return delivery;
  }

  public @Nullable ReadyDelivery poll(Duration patience) {
    try {
      return handedOver.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /// What was handed over and not taken by [#next] goes back, as from a site's queue.
  public void withdraw(Set<DeliveryKey> keys) {
    for (ReadyDelivery delivery : handedOver) {
      if (keys.contains(delivery.key()) && handedOver.remove(delivery)) {
        var _ = queue.release(delivery);
      }
    }
  }

  public int waiting() {
    return handedOver.size();
  }

  /// The journal as `type recipient` lines.
  public List<String> told() {
    return journal.read(Journal.Filter.all(), 1_000).stream()
        .map(Journal.Entry::event)
        .map(event -> event.type().text() + " " + event.recipient())
        .toList();
  }

  public List<Event> events() {
    return journal.read(Journal.Filter.all(), 1_000).stream().map(Journal.Entry::event).toList();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      queue.close();
      database.close();
    }
  }
}
