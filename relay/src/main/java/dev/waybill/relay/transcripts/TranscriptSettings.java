package dev.waybill.relay.transcripts;

import java.time.Duration;

/// How long transcripts are kept.
///
/// @param kept for how long they can be read; zero for not at all
/// @param size octets of them, as stored, at most; the oldest go first
public record TranscriptSettings(Duration kept, long size) {
  /// No transcripts.
  public static final TranscriptSettings OFF = new TranscriptSettings(Duration.ZERO, 0);

  public TranscriptSettings {
    if (kept.isNegative() || size < 0) {
      throw new IllegalArgumentException(
          "transcripts %s, size %d (expected: nothing negative)".formatted(kept, size));
    }
  }

  public boolean isOn() {
    return kept.isPositive() && size > 0;
  }
}
