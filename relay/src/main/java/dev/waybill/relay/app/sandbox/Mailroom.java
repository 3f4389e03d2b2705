package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.feedback.Receiver.Arrival;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// What arrived, newest first, in memory: at most 500 messages and 64 MiB; the oldest goes first.
///
/// Any thread may call it.
public final class Mailroom {
  private static final int MAX_MESSAGES = 500;
  private static final long MAX_OCTETS = 64L * 1024 * 1024;

  /// A message that arrived.
  ///
  /// @param from the From header, decoded
  /// @param subject decoded
  public record Letter(
      UUID id, Instant at, Arrival arrival, Verdicts verdicts, String from, String subject) {
    public Letter {
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(at, "at");
      Objects.requireNonNull(arrival, "arrival");
      Objects.requireNonNull(verdicts, "verdicts");
    }
  }

  private final TimeOrderedIds ids;
  private final InstantSource clock;
  private final Deque<Letter> letters = new ArrayDeque<>();
  private long octets;

  public Mailroom(TimeOrderedIds ids, InstantSource clock) {
    this.ids = ids;
    this.clock = clock;
  }

  /// Keeps a message with what the receiver's checks said of it.
  public Letter add(Arrival arrival, Verdicts verdicts) {
    MailView view = MailView.of(arrival.content());
    Letter letter =
        new Letter(ids.next(), clock.instant(), arrival, verdicts, view.from(), view.subject());
    synchronized (letters) {
      letters.addFirst(letter);
      octets += arrival.content().length;
      while (letters.size() > MAX_MESSAGES || (octets > MAX_OCTETS && letters.size() > 1)) {
        octets -= letters.removeLast().arrival().content().length;
      }
    }
    return letter;
  }

  /// Newest first.
  public List<Letter> letters() {
    synchronized (letters) {
      return List.copyOf(letters);
    }
  }

  public Optional<Letter> find(UUID id) {
    return letters().stream().filter(letter -> letter.id().equals(id)).findFirst();
  }
}
