package dev.waybill.relay.delivery;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// Rolls MX hosts up into the few providers that metrics tell apart. A value; any thread may use
/// it.
///
/// The list is the resource `providers.txt`: a provider's name and the domains its MX hosts are in.
final class Providers {
  /// Whoever is not on the list.
  static final String OTHER = "other";

  private final Map<String, String> byDomain;

  private Providers(Map<String, String> byDomain) {
    this.byDomain = Map.copyOf(byDomain);
  }

  static Providers load() {
    try (InputStream file = Providers.class.getResourceAsStream("providers.txt")) {
      if (file == null) {
        throw new IllegalStateException("the resource providers.txt is missing");
      }
      return read(new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8)));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Providers read(BufferedReader lines) throws IOException {
    Map<String, String> byDomain = new HashMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] words = line.strip().split("\\s+", -1);
        for (int i = 1; i < words.length; i++) {
          byDomain.put(words[i], words[0]);
        }
      }
    }
    return new Providers(byDomain);
  }

  /// The provider whose host this is.
  String of(String mxHost) {
    String domain = mxHost;
    while (!domain.isEmpty()) {
      String provider = byDomain.get(domain);
      if (provider != null) {
        return provider;
      }
      int dot = domain.indexOf('.');
      domain = dot < 0 ? "" : domain.substring(dot + 1);
    }
    return OTHER;
  }

  /// Every name that [#of] may give.
  SortedSet<String> names() {
    SortedSet<String> names = new TreeSet<>(byDomain.values());
    names.add(OTHER);
    return names;
  }
}
