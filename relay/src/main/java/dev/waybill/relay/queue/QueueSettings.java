package dev.waybill.relay.queue;

import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.transcripts.TranscriptSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/// How the queue keeps mail.
///
/// @param dataDir the folder that holds the body segments and whose disk is watched
/// @param nodeName this node's name for the operator, such as its host name
/// @param retry when to try again
/// @param limits what may be held in memory and at once
/// @param retention how long what is settled is kept
/// @param streams what is different for single streams
public record QueueSettings(
    Path dataDir,
    String nodeName,
    RetrySchedule retry,
    Limits limits,
    Retention retention,
    OfStreams streams) {
  /// What is different for single streams, by their names.
  ///
  /// @param retry when to try their mail again
  /// @param retention how long their settled messages and events stay readable
  public record OfStreams(Map<String, RetrySchedule> retry, Map<String, Duration> retention) {
    /// Nothing.
    public static final OfStreams NONE = new OfStreams(Map.of(), Map.of());

    public OfStreams {
      retry = Map.copyOf(retry);
      retention = Map.copyOf(retention);
    }
  }

  /// How long what is settled is kept.
  ///
  /// @param history for how long messages and events stay readable
  /// @param raw for how long submitted bytes do, at least; zero for not at all
  /// @param rawSize octets of submitted bytes that nobody needs for delivery, at most; the oldest
  ///   go first
  /// @param transcripts how long what was said in attempts at deliveries is
  public record Retention(
      Duration history, Duration raw, long rawSize, TranscriptSettings transcripts) {
    /// Without transcripts.
    public Retention(Duration history, Duration raw, long rawSize) {
      this(history, raw, rawSize, TranscriptSettings.OFF);
    }

    public Retention {
      if (raw.isNegative() || rawSize < 0) {
        throw new IllegalArgumentException(
            "raw %s, size %d (expected: nothing negative)".formatted(raw, rawSize));
      }
      if (raw.compareTo(history) > 0) {
        throw new IllegalArgumentException(
            "raw is %s (expected: at most as long as history, %s)".formatted(raw, history));
      }
    }
  }

  /// @param readyDeliveries deliveries in memory, at most
  /// @param readyBytes octets of message bodies in memory, at most
  /// @param minFreeDisk octets that must stay free on the data folder's disk
  /// @param slowCommit a commit that takes longer turns new mail away until one is faster again
  /// @param segmentBytes a body segment is closed beyond this size
  public record Limits(
      int readyDeliveries,
      long readyBytes,
      long minFreeDisk,
      Duration slowCommit,
      long segmentBytes) {
    public Limits {
      if (readyDeliveries < 1 || readyBytes < 1 || segmentBytes < 1 || minFreeDisk < 0) {
        throw new IllegalArgumentException(
            "limits %d, %d, %d, %d (expected: positive numbers)"
                .formatted(readyDeliveries, readyBytes, segmentBytes, minFreeDisk));
      }
    }

    /// 20,000 deliveries and 64 MiB in memory, 256 MiB of free disk, 5 s, segments of 64 MiB.
    public static Limits standard() {
      return new Limits(20_000, 64L << 20, 256L << 20, Duration.ofSeconds(5), 64L << 20);
    }
  }

  public QueueSettings {
    Objects.requireNonNull(dataDir, "dataDir");
    Objects.requireNonNull(nodeName, "nodeName");
    Objects.requireNonNull(retry, "retry");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(retention, "retention");
    streams
        .retention()
        .forEach((name, kept) -> {
          if (kept.compareTo(retention.history()) > 0) {
            throw new IllegalArgumentException(
                "retention of stream %s: %s (expected: at most that of all, %s)"
                    .formatted(name, kept, retention.history()));
          }
        });
  }

  /// When to try mail of a stream again.
  public RetrySchedule retryOf(Stream stream) {
    return streams.retry().getOrDefault(stream.name(), retry);
  }

  /// How long settled messages and events of a stream stay readable.
  public Duration retentionOf(Stream stream) {
    return streams.retention().getOrDefault(stream.name(), retention.history());
  }

  /// The longest time that any mail is tried for.
  public Duration longestLifetime() {
    return streams.retry().values().stream()
        .map(RetrySchedule::lifetime)
        .reduce(retry.lifetime(), (one, other) -> one.compareTo(other) > 0 ? one : other);
  }
}
