package dev.waybill.relay.keyring;

import dev.waybill.relay.dkim.SigningKey.Algorithm;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A signing key of a domain as the database keeps it.
///
/// @param awaited of a standby key: whether it takes over as soon as it is seen in the DNS
/// @param since when its role began
/// @param removableAt of a retiring key: when its record may leave the DNS; null for others
/// @param published the text of its DNS record
/// @param sealed the private half, sealed, in Base64; empty once it is destroyed
public record DomainKey(
    UUID domainId,
    String selector,
    Algorithm algorithm,
    Role role,
    boolean awaited,
    Instant since,
    @Nullable Instant removableAt,
    String published,
    String sealed) {
  /// What a key is there for; in the order in which operators are shown them.
  public enum Role {
    /// It signs.
    ACTIVE,
    /// It is published ahead.
    STANDBY,
    /// It signed until lately and stays published for that mail.
    RETIRING,
    /// Its private half is destroyed.
    RETIRED;

    /// The public name, such as `standby`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public DomainKey {
    Objects.requireNonNull(domainId, "domainId");
    Objects.requireNonNull(selector, "selector");
    if (awaited && role != Role.STANDBY) {
      throw new IllegalArgumentException("%s is awaited as %s".formatted(selector, role));
    }
  }

  /// [#removableAt] as operators are shown it: to the second, never too early.
  public String removableText() {
    return removableAt == null
        ? "never"
        : removableAt.plusSeconds(1).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// Whether it is this algorithm's key in this role.
  public boolean is(Algorithm kind, Role wanted) {
    return algorithm == kind && role == wanted;
  }

  /// The same key, or the same but for having been sealed afresh.
  public boolean isSameState(DomainKey other) {
    return equals(other.withSealed(sealed));
  }

  DomainKey await(boolean wanted) {
    return new DomainKey(
        domainId, selector, algorithm, role, wanted, since, removableAt, published, sealed);
  }

  DomainKey activate(Instant now) {
    return in(Role.ACTIVE, now, null, sealed);
  }

  DomainKey standBy(Instant now) {
    return in(Role.STANDBY, now, null, sealed).await(true);
  }

  DomainKey retire(Instant now, Duration grace) {
    return in(Role.RETIRING, now, now.plus(grace), sealed);
  }

  DomainKey destroy(Instant now) {
    return in(Role.RETIRED, now, null, "");
  }

  DomainKey withSealed(String afresh) {
    return new DomainKey(
        domainId, selector, algorithm, role, awaited, since, removableAt, published, afresh);
  }

  @Override
  public String toString() {
    return "DomainKey[%s of %s, %s, %s]".formatted(selector, domainId, algorithm, role);
  }

  private DomainKey in(Role next, Instant now, @Nullable Instant removable, String secret) {
    return new DomainKey(
        domainId, selector, algorithm, next, false, now, removable, published, secret);
  }
}
