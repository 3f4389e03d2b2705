package dev.waybill.relay.sources;

import dev.waybill.relay.streams.Stream;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The addresses that mail leaves from, in pools, and the pools of streams. A value; any thread may
/// use it.
///
/// A pool of its own keeps a stream's mail from addresses that others depend on: receivers judge an
/// address by all that comes from it.
///
/// @param addresses each once
/// @param pools by the names of streams; whoever is not among them has [#DEFAULT]
public record SourcePools(List<SourceAddress> addresses, Map<String, String> pools) {
  /// The pool of all that nobody put elsewhere. It may be empty: then the system picks the address.
  public static final String DEFAULT = "default";

  /// The system picks every address.
  public static final SourcePools NONE = new SourcePools(List.of(), Map.of());

  /// What a source or a pool may be called, in words.
  public static final String NAME =
      "1 to %d of a-z, 0-9 and -, beginning with a letter".formatted(Stream.MAX_NAME);

  /// The most addresses: each pool has connections of its own to each destination.
  public static final int MOST = 256;

  public SourcePools {
    addresses = List.copyOf(addresses);
    pools = Map.copyOf(pools);
    Set<InetAddress> once = new HashSet<>();
    addresses.forEach(source -> {
      if (!once.add(source.address())) {
        throw new IllegalArgumentException(
            "source %s (expected: each address once)".formatted(source.address().getHostAddress()));
      }
    });
    if (addresses.size() > MOST) {
      throw new IllegalArgumentException(
          "%d source addresses (expected: at most %d)".formatted(addresses.size(), MOST));
    }
    Set<String> known = names(addresses);
    pools.forEach((stream, pool) -> {
      if (!known.contains(pool)) {
        throw new IllegalArgumentException(
            "pool of stream %s: %s (expected: %s)"
                .formatted(stream, pool, String.join(" or ", known)));
      }
    });
  }

  /// Whether a text may be the name of a source or a pool.
  public static boolean isName(String text) {
    return Stream.isName(text);
  }

  /// The pool that a stream's mail leaves from.
  public String poolOf(Stream stream) {
    return pools.getOrDefault(stream.name(), DEFAULT);
  }

  /// The addresses of a pool; empty where the system picks.
  public List<SourceAddress> of(String pool) {
    return addresses.stream().filter(source -> source.pool().equals(pool)).toList();
  }

  /// All pools that there are, the default one always.
  public static SortedSet<String> names(List<SourceAddress> addresses) {
    SortedSet<String> names = new TreeSet<>(Set.of(DEFAULT));
    addresses.forEach(source -> names.add(source.pool()));
    return names;
  }
}
