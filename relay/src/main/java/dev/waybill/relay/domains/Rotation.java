package dev.waybill.relay.domains;

import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.domains.DomainStore.Seen;
import dev.waybill.relay.domains.DomainStore.SeenKey;
import dev.waybill.relay.domains.StatusRules.Cause;
import dev.waybill.relay.keyring.DomainKey;
import dev.waybill.relay.keyring.DomainKey.Role;
import dev.waybill.relay.keyring.DomainKeyStore;
import dev.waybill.relay.keyring.KeyLife;
import dev.waybill.relay.keyring.KeyWish;
import dev.waybill.relay.keyring.Keyring;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What an operator does with the signing keys of a domain. Any thread may use it.
public final class Rotation {
  private static final int ATTEMPTS = 3;

  private final Database database;
  private final KeyWatch watch;
  private final Verification verification;
  private final InstantSource clock;
  private final Runnable onChange;
  private final DomainKeyStore rows = new DomainKeyStore();
  private final DomainStore store = new DomainStore();

  Rotation(
      Database database,
      KeyWatch watch,
      Verification verification,
      InstantSource clock,
      Runnable onChange) {
    this.database = database;
    this.watch = watch;
    this.verification = verification;
    this.clock = clock;
    this.onChange = onChange;
  }

  /// How far a rotation is.
  public enum Phase {
    /// Nothing is under way.
    NONE,
    /// The next key is not in the DNS yet; it takes over by itself when it is.
    WAITING,
    /// The next key signs.
    SWITCHED
  }

  /// How a domain's keys stand.
  ///
  /// @param active the selector that signs; null while an Ed25519 key was never seen
  /// @param next the selector that takes over, or is on standby; null for none
  /// @param explanation what happens next, in plain words
  public record State(
      Phase phase, @Nullable String active, @Nullable String next, String explanation) {}

  /// Every key that the domain ever had: those that sign first, the newest of a role first.
  public List<DomainKey> keys(UUID domainId) {
    return watch.keys(domainId).stream()
        .sorted(
            Comparator.comparing(DomainKey::role)
                .thenComparing(DomainKey::since, Comparator.reverseOrder())
                .thenComparing(DomainKey::selector))
        .toList();
  }

  /// Lets another key take over: at once where it is seen in the DNS, by itself later where it is
  /// not. Blocks for as long as the DNS takes.
  ///
  /// @param wish the standby key where it fits, or another one to be made
  /// @return empty when there is no such domain, or its keys change all the time
  /// @throws IllegalArgumentException with words for the operator when the wish cannot be met
  public Optional<State> begin(SendingDomain domain, KeyWish wish) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      List<DomainKey> known = watch.keys(domain.id());
      DomainKey candidate =
          KeyLife.in(known, wish.algorithm(), Role.STANDBY)
              .filter(standby -> fits(standby, wish))
              .orElseGet(() -> watch.keyring().make(domain.id(), wish, Role.STANDBY, known));
      if (change(
          domain,
          known,
          (now, keys) -> KeyLife.await(keys, candidate, now),
          "rotation asked for")) {
        var _ = verification.check(domain.id(), Cause.OPERATOR);
        onChange.run();
        return Optional.of(state(domain, wish.algorithm(), candidate.selector()));
      }
    }
    onChange.run();
    return Optional.empty();
  }

  /// How a domain's keys stand.
  public State state(SendingDomain domain) {
    List<DomainKey> keys = watch.keys(domain.id());
    return keys.stream()
        .filter(key -> KeyLife.isRotation(keys, key))
        .min(Comparator.comparing(DomainKey::algorithm))
        .map(key -> state(domain, key.algorithm(), key.selector()))
        .orElseGet(() -> state(domain, Algorithm.RSA_SHA256, ""));
  }

  /// Gives up waiting; the awaited key is on standby again.
  public State giveUp(SendingDomain domain) {
    List<DomainKey> known = watch.keys(domain.id());
    if (known.stream().anyMatch(key -> KeyLife.isRotation(known, key))) {
      var _ =
          change(domain, known, (_, keys) -> KeyLife.giveUp(keys), "the operator gave up waiting");
      onChange.run();
    }
    return state(domain);
  }

  /// Adds an Ed25519 key, which signs beside RSA once it is published, or takes it away.
  public void useEd25519(SendingDomain domain, boolean wanted) {
    List<DomainKey> known = watch.keys(domain.id());
    boolean has =
        known.stream()
            .anyMatch(key ->
                key.is(Algorithm.ED25519_SHA256, Role.ACTIVE)
                    || key.is(Algorithm.ED25519_SHA256, Role.STANDBY));
    if (has == wanted) {
      return;
    }
    if (wanted) {
      DomainKey fresh = watch.keyring().make(domain.id(), KeyWish.ED25519, Role.STANDBY, known);
      var _ = change(domain, known, (now, keys) -> KeyLife.await(keys, fresh, now), "switched on");
    } else {
      var _ =
          change(
              domain,
              known,
              (now, keys) -> KeyLife.without(keys, Algorithm.ED25519_SHA256, now, watch.grace()),
              "switched off");
    }
    onChange.run();
  }

  /// The change of keys that somebody wants, from the time and the keys as they are.
  private interface Wanted {
    List<DomainKey> of(Instant now, List<DomainKey> keys);
  }

  /// @return whether the domain is registered and its keys are still the known ones
  private boolean change(SendingDomain domain, List<DomainKey> known, Wanted wanted, String why) {
    return database.durably(handle -> {
      DomainStore.Row row = store.lock(handle, domain.id()).orElse(null);
      if (row == null || row.removed() || !watch.isSame(handle, domain.id(), known)) {
        return false;
      }
      List<DomainKey> changed = new ArrayList<>(wanted.of(clock.instant(), known));
      changed.removeIf(known::contains);
      boolean _ = watch.put(handle, row.domain(), changed, why);
      return true;
    });
  }

  private static boolean fits(DomainKey standby, KeyWish wish) {
    return wish.pem() == null
        && (wish.selector() == null || wish.selector().equals(standby.selector()))
        && (wish.rsaBits() == null || wish.rsaBits() == Keyring.bits(standby));
  }

  private State state(SendingDomain domain, Algorithm algorithm, String wanted) {
    return database.jdbi().withHandle(handle -> state(handle, domain, algorithm, wanted));
  }

  private State state(Handle handle, SendingDomain domain, Algorithm algorithm, String wanted) {
    List<DomainKey> keys = rows.of(handle, domain.id());
    @Nullable DomainKey active = KeyLife.in(keys, algorithm, Role.ACTIVE).orElse(null);
    @Nullable DomainKey standby = KeyLife.in(keys, algorithm, Role.STANDBY).orElse(null);
    String signing = active == null ? null : active.selector();
    String next = standby == null ? null : standby.selector();
    if (standby != null && standby.awaited()) {
      DomainName name = domain.name().child(RecordPlan.keyName(standby));
      Seen seen = store.seen(handle, domain.id()).get(new SeenKey("TXT", name));
      String explanation =
          "%s signs as soon as %s is seen in the DNS.%s"
              .formatted(next, name, seen == null ? "" : " " + seen.explanation());
      return new State(Phase.WAITING, signing, next, explanation);
    }
    if (signing == null || !signing.equals(wanted)) {
      return new State(Phase.NONE, signing, next, "");
    }
    StringBuilder explanation = new StringBuilder(signing).append(" signs from now on.");
    for (DomainKey key : keys) {
      if (key.is(algorithm, Role.RETIRING)) {
        explanation.append(
            " Keep %s in the DNS until %s."
                .formatted(domain.name().child(RecordPlan.keyName(key)), key.removableText()));
      }
    }
    if (standby != null) {
      explanation.append(
          " For the next rotation publish %s."
              .formatted(domain.name().child(RecordPlan.keyName(standby))));
    }
    return new State(Phase.SWITCHED, signing, next, explanation.toString());
  }
}
