package dev.waybill.relay.sources;

import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// From which of a pool's addresses a connection may come now. Confined to one thread.
public final class SourceChoice {
  private final List<SourceAddress> pool;
  private final List<SourceAddress> open;
  private final boolean anyway;
  private boolean missed;

  /// @param pool all of its addresses; none leaves the choice to the system
  /// @param open those that anything is left of
  /// @param anyway whether the others are to be used too where they are the only ones
  SourceChoice(List<SourceAddress> pool, List<SourceAddress> open, boolean anyway) {
    this.pool = pool;
    this.open = open;
    this.anyway = anyway;
  }

  /// Whether the system picks the address.
  public boolean isLeftToTheSystem() {
    return pool.isEmpty();
  }

  /// Whether nothing may leave at all.
  public boolean isSpent() {
    return open.isEmpty() && !pool.isEmpty() && !anyway;
  }

  /// An address of a family, by chance; empty where none may be used, or the system picks.
  public Optional<SourceAddress> pick(boolean four, RandomGenerator random) {
    List<SourceAddress> own = usable(four);
    return own.isEmpty() ? Optional.empty() : Optional.of(own.get(random.nextInt(own.size())));
  }

  /// Somebody is left out because nothing is left of the addresses of a family.
  ///
  /// @return whether that is why: false where the pool has no address of the family
  public boolean misses(boolean four) {
    boolean misses = usable(four).isEmpty() && !of(pool, four).isEmpty();
    missed |= misses;
    return misses;
  }

  /// Whether somebody was left out, and could be called on another day.
  public boolean hasMissed() {
    return missed;
  }

  private List<SourceAddress> usable(boolean four) {
    List<SourceAddress> own = of(open, four);
    return own.isEmpty() && anyway ? of(pool, four) : own;
  }

  private static List<SourceAddress> of(List<SourceAddress> sources, boolean four) {
    return sources.stream()
        .filter(source -> source.address() instanceof Inet4Address == four)
        .toList();
  }
}
