package dev.waybill.relay.keyring;

import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.keyring.DomainKey.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// How the roles of a domain's keys change. Pure; any thread.
public final class KeyLife {
  private KeyLife() {}

  /// What a look at the DNS found of a key's record.
  public enum Sight {
    /// Every receiver that looks finds it.
    SEEN,
    /// The DNS says that it is not there, or that another one is.
    DENIED,
    /// Nobody can tell.
    UNKNOWN
  }

  /// The keys after a look at the DNS.
  ///
  /// An awaited key that is seen takes over from the active one of its algorithm. An Ed25519 key
  /// that is gone from the DNS stops signing until it is back, for the RSA signature carries the
  /// mail meanwhile; an RSA key signs on, because mail without any signature is worse off.
  ///
  /// @param keys all of one domain
  /// @param grace how long a key stays published after its last signature
  /// @return those that changed
  public static List<DomainKey> afterLook(
      Collection<DomainKey> keys, Function<DomainKey, Sight> look, Instant now, Duration grace) {
    List<DomainKey> changed = new ArrayList<>();
    for (Algorithm algorithm : Algorithm.values()) {
      Optional<DomainKey> next =
          in(keys, algorithm, Role.STANDBY)
              .filter(key -> key.awaited() && look.apply(key) == Sight.SEEN);
      Optional<DomainKey> active = in(keys, algorithm, Role.ACTIVE);
      if (next.isPresent()) {
        changed.add(next.get().activate(now));
        active.ifPresent(key -> changed.add(key.retire(now, grace)));
      } else if (algorithm == Algorithm.ED25519_SHA256) {
        active
            .filter(key -> look.apply(key) == Sight.DENIED)
            .ifPresent(key -> changed.add(key.standBy(now)));
      }
    }
    return changed;
  }

  /// The keys after an operator asked for the candidate to take over.
  ///
  /// @param candidate a standby key, among the keys or new
  /// @return those that changed; another standby key of its algorithm, which never signed, is
  ///   destroyed
  public static List<DomainKey> await(
      Collection<DomainKey> keys, DomainKey candidate, Instant now) {
    List<DomainKey> changed = new ArrayList<>();
    changed.add(candidate.await(true));
    for (DomainKey key : keys) {
      if (key.is(candidate.algorithm(), Role.STANDBY)
          && !key.selector().equals(candidate.selector())) {
        changed.add(key.destroy(now));
      }
    }
    return changed;
  }

  /// The keys after an operator gave up waiting: those that changed. One that waits to sign beside
  /// another algorithm's, and takes nobody's place, goes on waiting.
  public static List<DomainKey> giveUp(Collection<DomainKey> keys) {
    return keys.stream().filter(key -> isRotation(keys, key)).map(key -> key.await(false)).toList();
  }

  /// Whether a key waits to take another's place.
  public static boolean isRotation(Collection<DomainKey> keys, DomainKey key) {
    return key.awaited() && in(keys, key.algorithm(), Role.ACTIVE).isPresent();
  }

  /// The keys after an operator took an algorithm away: those that changed.
  public static List<DomainKey> without(
      Collection<DomainKey> keys, Algorithm algorithm, Instant now, Duration grace) {
    List<DomainKey> changed = new ArrayList<>();
    in(keys, algorithm, Role.ACTIVE).ifPresent(key -> changed.add(key.retire(now, grace)));
    in(keys, algorithm, Role.STANDBY).ifPresent(key -> changed.add(key.destroy(now)));
    return changed;
  }

  /// The retiring keys whose time is over, destroyed.
  public static List<DomainKey> expired(Collection<DomainKey> keys, Instant now) {
    return keys.stream().filter(key -> isExpired(key, now)).map(key -> key.destroy(now)).toList();
  }

  /// Whether a retiring key's time is over.
  public static boolean isExpired(DomainKey key, Instant now) {
    return key.role() == Role.RETIRING
        && key.removableAt() != null
        && !now.isBefore(key.removableAt());
  }

  /// The key of an algorithm in a role; the newest where there were several.
  public static Optional<DomainKey> in(Collection<DomainKey> keys, Algorithm algorithm, Role role) {
    return keys.stream()
        .filter(key -> key.is(algorithm, role))
        .max((a, b) -> a.since().compareTo(b.since()));
  }
}
