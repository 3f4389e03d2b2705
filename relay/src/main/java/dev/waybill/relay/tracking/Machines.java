package dev.waybill.relay.tracking;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// Tells programs that fetch links on their own from people who follow them.
///
/// Immutable; any thread may use it. The fragments of user agents stand in the data file
/// `machines.txt`. A privacy proxy that imitates a browser (Apple's, for one) cannot be told apart.
final class Machines {
  private final List<String> fragments;

  private Machines(List<String> fragments) {
    this.fragments = fragments;
  }

  /// @throws UncheckedIOException when the data file is not where the program was built with it
  static Machines load() {
    try (InputStream data = Machines.class.getResourceAsStream("machines.txt")) {
      if (data == null) {
        throw new IOException("machines.txt is missing beside Machines.class");
      }
      return new Machines(
          new BufferedReader(new InputStreamReader(data, StandardCharsets.US_ASCII))
              .lines()
              .map(String::strip)
              .filter(line -> !line.isEmpty() && !line.startsWith("#"))
              .map(line -> line.toLowerCase(Locale.ROOT))
              .toList());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Whether nobody is looking; every mail program and browser names itself, so silence is one too.
  boolean made(Visit visit) {
    if (visit.prefetch() || visit.userAgent().isBlank()) {
      return true;
    }
    String agent = visit.userAgent().toLowerCase(Locale.ROOT);
    return fragments.stream().anyMatch(agent::contains);
  }
}
