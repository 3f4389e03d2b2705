package dev.waybill.relay.transcripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.smtp.Dialogue;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.MovableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of attempts, for how long and how much of it, on whichever engine the subclass
/// brings.
abstract class TranscriptsContract {
  static final Duration DAY = Duration.ofDays(1);
  private static final long PLENTY = 64L << 20;

  final MovableClock clock = MovableClock.standing();
  final AtomicLong nanos = new AtomicLong();
  final AtomicBoolean well = new AtomicBoolean(true);
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Random random = new Random(7);
  private final List<Transcripts> opened = new ArrayList<>();
  @TempDir Path dataDir;
  Database database;
  Transcripts transcripts;

  /// An empty database, the same one within a test.
  abstract DatabaseSettings database();

  @BeforeEach
  void open() {
    database = Database.open(database());
    transcripts = open(new TranscriptSettings(DAY, PLENTY));
  }

  @AfterEach
  void close() {
    opened.forEach(Transcripts::close);
    database.close();
  }

  Transcripts open(TranscriptSettings settings) {
    try {
      Transcripts open =
          Transcripts.open(
              settings, database, dataDir, new Transcripts.Surroundings(clock, well::get, meters));
      opened.add(open);
      return open;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  Attempt attempt(DeliveryKey delivery, int number, Attempt.Part... parts) {
    return new Attempt(
        delivery,
        number,
        new Attempt.Ending("deferred", "451 4.7.1 later"),
        nanos.get(),
        nanos.addAndGet(25_000_000),
        List.of(parts));
  }

  Attempt.Part part(Attempt.Kind kind, String... notes) {
    Dialogue dialogue = new Dialogue(nanos::get);
    for (String note : notes) {
      dialogue.note(note);
    }
    return new Attempt.Part(kind, dialogue);
  }

  static DeliveryKey delivery() {
    return new DeliveryKey(UUID.randomUUID(), 0);
  }

  List<Transcript> of(DeliveryKey delivery) {
    return of(transcripts, delivery);
  }

  List<Transcript> of(Transcripts with, DeliveryKey delivery) {
    try {
      return with.of(delivery.messageId(), Instant.EPOCH);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Has a block of random text written, which no packing makes smaller than this.
  DeliveryKey octets(Transcripts with, int kibibytes) {
    DeliveryKey delivery = delivery();
    byte[] noise = new byte[1_024];
    Attempt.Part[] parts =
        IntStream.range(0, 4)
            .mapToObj(_ -> {
              random.nextBytes(noise);
              return part(Attempt.Kind.TRANSACTION, HexFormat.of().formatHex(noise));
            })
            .toArray(Attempt.Part[]::new);
    for (int i = 0; i < kibibytes; i += 4) {
      for (int j = 0; j < parts.length; j++) {
        random.nextBytes(noise);
        parts[j] = part(Attempt.Kind.TRANSACTION, HexFormat.of().formatHex(noise));
      }
      with.keep(attempt(delivery, i + 1, parts));
    }
    with.flush();
    return delivery;
  }

  double counted(String result) {
    return meters.get("waybill.transcripts").tag("result", result).counter().count();
  }

  @Test
  void canBeReadAtOnceAndWhenItIsWritten() {
    DeliveryKey delivery = delivery();
    transcripts.keep(attempt(delivery(), 1));
    transcripts.keep(
        attempt(
            delivery,
            2,
            part(Attempt.Kind.CONNECTION, "hello"),
            part(Attempt.Kind.TRANSACTION, "mail", "no")));
    List<Transcript> before = of(delivery);
    transcripts.flush();

    assertThat(before)
        .singleElement()
        .satisfies(transcript -> {
          assertThat(transcript.number()).isEqualTo(2);
          assertThat(transcript.ending())
              .isEqualTo(new Attempt.Ending("deferred", "451 4.7.1 later"));
          assertThat(transcript.took()).isEqualTo(Duration.ofMillis(25));
          assertThat(transcript.began()).isEqualTo(clock.instant().minusMillis(25));
          assertThat(transcript.cut()).isFalse();
          assertThat(transcript.parts())
              .extracting(Transcript.Part::kind)
              .containsExactly(Attempt.Kind.CONNECTION, Attempt.Kind.TRANSACTION);
          assertThat(transcript.parts().getLast().lines())
              .extracting(Dialogue.Line::text)
              .containsExactly("mail", "no");
        });
    assertThat(of(delivery)).isEqualTo(before);
    assertThat(counted("kept")).isEqualTo(2);
  }

  @Test
  void outlivesAnOrderlyStop() {
    DeliveryKey delivery = delivery();
    transcripts.keep(attempt(delivery, 1, part(Attempt.Kind.REMARKS, "nobody there")));
    transcripts.close();
    clock.advance(Duration.ofMinutes(1));
    Transcripts again = open(new TranscriptSettings(DAY, PLENTY));
    again.keep(attempt(delivery, 2));
    again.flush();
    assertThat(of(again, delivery)).extracting(Transcript::number).containsExactly(1, 2);
  }

  @Test
  void storesAConnectionOnceForAllItCarried() {
    Attempt.Part connection = part(Attempt.Kind.CONNECTION, "hello");
    nanos.addAndGet(2_000_000_000L);
    DeliveryKey delivery = delivery();
    transcripts.keep(
        attempt(
            delivery,
            1,
            new Attempt.Part(Attempt.Kind.EARLIER_CONNECTION, connection.dialogue()),
            part(Attempt.Kind.TRANSACTION, "mail")));
    transcripts.flush();
    assertThat(of(delivery).getFirst().parts().getFirst())
        .satisfies(part -> {
          assertThat(part.offset()).isEqualTo(-2_000);
          assertThat(part.lines()).extracting(Dialogue.Line::text).containsExactly("hello");
        });
  }

  @Test
  void keepsTheLastPartsOfALongAttempt() {
    DeliveryKey delivery = delivery();
    Attempt.Part[] parts = new Attempt.Part[10];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = part(Attempt.Kind.CONNECTION, i + "x".repeat(4_000));
    }
    transcripts.keep(attempt(delivery, 1, parts));
    transcripts.flush();
    assertThat(of(delivery))
        .singleElement()
        .satisfies(transcript -> {
          assertThat(transcript.cut()).isTrue();
          assertThat(transcript.parts())
              .extracting(part -> part.lines().getFirst().text().charAt(0))
              .containsExactly('6', '7', '8', '9');
        });
  }

  @Test
  void forgetsWhatIsOldEnough() {
    DeliveryKey first = octets(transcripts, 4);
    clock.advance(DAY.dividedBy(2));
    DeliveryKey second = octets(transcripts, 4);
    clock.advance(DAY.dividedBy(2).plusMinutes(1));
    transcripts.keep(attempt(delivery(), 1));
    transcripts.flush();
    assertThat(of(first)).isEmpty();
    assertThat(of(second)).isNotEmpty();

    clock.advance(DAY.multipliedBy(2));
    transcripts.keep(attempt(delivery(), 1));
    transcripts.flush();
    clock.advance(DAY.multipliedBy(2));
    transcripts.keep(attempt(delivery(), 1));
    transcripts.flush();
    assertThat(octetsKept()).isLessThan(2_048);
  }

  /// What the transcripts that are there take.
  abstract long octetsKept();

  @Test
  void letsTheOldestGoWhenItIsTooMuch() {
    transcripts.close();
    Transcripts small = open(new TranscriptSettings(DAY, 512 * 1024));
    List<DeliveryKey> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(octets(small, 128));
      clock.advance(Duration.ofMinutes(2));
    }
    small.keep(attempt(delivery(), 1));
    small.flush();
    assertThat(octetsKept()).isBetween(128L * 1024, 700L * 1024);
    assertThat(of(small, all.getFirst())).isEmpty();
    assertThat(of(small, all.getLast())).isNotEmpty();
  }

  @Test
  void keepsNothingWhenItIsOff() {
    DeliveryKey delivery = octets(transcripts, 4);
    transcripts.close();
    Transcripts off = open(TranscriptSettings.OFF);
    off.keep(attempt(delivery, 9));
    off.flush();
    assertThat(of(off, delivery)).isEmpty();
  }

  @Test
  void letsGoOfWhatCannotBeWritten() {
    well.set(false);
    transcripts.keep(attempt(delivery(), 1));
    transcripts.flush();
    assertThat(counted("dropped")).isEqualTo(1);

    well.set(true);
    spoil();
    assertThatCode(
            () -> {
              transcripts.keep(attempt(delivery(), 1));
              transcripts.flush();
            })
        .doesNotThrowAnyException();
    assertThat(counted("dropped")).isEqualTo(2);
  }

  /// Makes the next write fail.
  abstract void spoil();
}
