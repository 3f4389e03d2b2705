package dev.waybill.relay.tracking;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.events.DeliveryKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Notices who follows one link of a message after the other, faster than anybody reads. Confined
/// to the recorder's thread.
///
/// It takes three different links, each within three seconds of the one before: the first two are
/// told before anybody can know, unless they stand in the same batch. From then on every link of
/// the message belongs to the sweep until it rests for three seconds.
final class LinkSweeps {
  private static final int LINKS = 3;
  private static final Duration PAUSE = Duration.ofSeconds(3);
  private static final int MOST = 10_000;

  /// @param first when its first link was followed
  /// @param last when its last link so far was followed
  /// @param links what was followed, each once, until there are enough
  private record Run(Instant first, Instant last, List<Integer> links) {
    boolean isSweep() {
      return links.size() >= LINKS;
    }

    boolean goesOn(Instant at) {
      return Duration.between(last, at).abs().compareTo(PAUSE) <= 0;
    }

    boolean has(Instant at) {
      return !at.isBefore(first) && !at.isAfter(last);
    }

    Run and(int link, Instant at) {
      List<Integer> more =
          isSweep() || links.contains(link)
              ? links
              : Stream.concat(links.stream(), Stream.of(link)).toList();
      return new Run(first, at, more);
    }
  }

  private final Cache<DeliveryKey, Run> runs = Caffeine.newBuilder().maximumSize(MOST).build();

  /// Takes note of what is about to be told.
  void note(Sighting sighting) {
    String link = sighting.link();
    if (link == null) {
      return;
    }
    Run before = runs.getIfPresent(sighting.delivery());
    Run now =
        before != null && before.goesOn(sighting.at())
            ? before.and(link.hashCode(), sighting.at())
            : new Run(sighting.at(), sighting.at(), List.of(link.hashCode()));
    runs.put(sighting.delivery(), now);
  }

  /// Whether a noted click belongs to a sweep.
  boolean has(Sighting sighting) {
    @Nullable Run run = sighting.link() == null ? null : runs.getIfPresent(sighting.delivery());
    return run != null && run.isSweep() && run.has(sighting.at());
  }
}
