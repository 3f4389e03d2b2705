package dev.waybill.relay.sources;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// How many messages a new address may send on each of its days. A value; any thread may use it.
///
/// @param from the allowance by the first day that has it; day 1 is the first. The last one is
///   [#UNLIMITED]: a warm-up ends
public record WarmUpSchedule(NavigableMap<Long, Long> from) {
  /// No limit.
  public static final long UNLIMITED = Long.MAX_VALUE;

  /// The most days that may be told apart.
  public static final int MAX_DAYS = 366;

  public WarmUpSchedule {
    from = Collections.unmodifiableNavigableMap(new TreeMap<>(from));
    if (from.isEmpty()
        || from.firstKey() != 1
        || from.size() > MAX_DAYS + 1
        || from.values().stream().anyMatch(messages -> messages < 1)
        || from.lastEntry().getValue() != UNLIMITED) {
      throw new IllegalArgumentException(
          "warm-up %s (expected: messages from day 1 on, and in the end no limit)".formatted(from));
    }
  }

  /// What the data file `warm-up.txt` says, which gives the reasons.
  public static WarmUpSchedule standard() {
    try (InputStream file = WarmUpSchedule.class.getResourceAsStream("warm-up.txt")) {
      if (file == null) {
        throw new IllegalStateException("the resource warm-up.txt is missing");
      }
      NavigableMap<Long, Long> from = new TreeMap<>();
      new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.strip().split("\\s+", 2))
          .forEach(words ->
              from.put(
                  Long.valueOf(words[0]),
                  words[1].equals("unlimited") ? UNLIMITED : Long.parseLong(words[1])));
      return new WarmUpSchedule(from);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// One day after another; behind the last there is no limit.
  public static WarmUpSchedule of(List<Integer> messages) {
    NavigableMap<Long, Long> from = new TreeMap<>();
    for (int each : messages) {
      from.put(from.size() + 1L, (long) each);
    }
    from.put(from.size() + 1L, UNLIMITED);
    return new WarmUpSchedule(from);
  }

  /// Messages that may be sent on a day: none before the first.
  ///
  /// @param day 1 for the first
  public long allowance(long day) {
    Map.Entry<Long, Long> entry = from.floorEntry(day);
    return entry == null ? 0 : entry.getValue();
  }
}
