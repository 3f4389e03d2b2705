package dev.waybill.relay.transcripts;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.smtp.Dialogue;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/// What was said in an attempt, as it is kept.
///
/// @param number from 1 on
/// @param began when the attempt began
/// @param cut whether earlier parts are left out for their length
public record Transcript(
    DeliveryKey delivery,
    int number,
    Instant began,
    Duration took,
    Attempt.Ending ending,
    boolean cut,
    List<Part> parts) {
  /// Of one attempt so many characters are kept, about.
  static final int MAX_LENGTH = 16 * 1024;

  private static final int MAX_REPLY = 2_000;

  /// A part of it.
  ///
  /// @param offset when it began, in milliseconds from the beginning of the attempt; negative for a
  ///   connection that stood already
  public record Part(Attempt.Kind kind, long offset, List<Dialogue.Line> lines) {
    public Part {
      Objects.requireNonNull(kind, "kind");
      lines = List.copyOf(lines);
    }
  }

  public Transcript {
    Objects.requireNonNull(delivery, "delivery");
    Objects.requireNonNull(began, "began");
    Objects.requireNonNull(took, "took");
    Objects.requireNonNull(ending, "ending");
    parts = List.copyOf(parts);
  }

  /// @param endedAt when the attempt ended
  /// @param lines makes a dialogue's lines; the same list each time for the same dialogue, so that
  ///   they are stored once
  static Transcript of(
      Attempt attempt, Instant endedAt, Function<Dialogue, List<Dialogue.Line>> lines) {
    List<Part> parts = new ArrayList<>();
    int left = MAX_LENGTH;
    // the last words matter most
    for (Attempt.Part part : attempt.parts().reversed()) {
      left -= part.dialogue().length();
      if (left < 0) {
        break;
      }
      long offset = (part.dialogue().began() - attempt.began()) / 1_000_000;
      parts.add(new Part(part.kind(), offset, lines.apply(part.dialogue())));
    }
    Duration took = Duration.ofMillis(Math.max(0, attempt.ended() - attempt.began()) / 1_000_000);
    String reply = attempt.ending().reply();
    return new Transcript(
        attempt.delivery(),
        attempt.number(),
        endedAt.truncatedTo(ChronoUnit.MICROS).minus(took),
        took,
        new Attempt.Ending(
            attempt.ending().outcome(),
            reply.length() > MAX_REPLY ? reply.substring(0, MAX_REPLY) : reply),
        parts.size() < attempt.parts().size(),
        parts.reversed());
  }
}
