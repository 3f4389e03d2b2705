package dev.waybill.relay.keyring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.keyring.DomainKey.Role;
import dev.waybill.relay.keyring.KeyLife.Sight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyLifeTest {
  private static final Instant NOW = Instant.parse("2026-06-15T10:00:00Z");
  private static final Duration GRACE = Duration.ofDays(5);
  private static final Algorithm RSA = Algorithm.RSA_SHA256;
  private static final Algorithm ED = Algorithm.ED25519_SHA256;

  @Test
  void anAwaitedKeyTakesOverOnceItIsSeen() {
    DomainKey active = key("wb1", RSA, Role.ACTIVE);
    DomainKey next = key("wb2", RSA, Role.STANDBY).await(true);

    List<DomainKey> changed = look(Map.of(active, Sight.SEEN, next, Sight.SEEN));

    assertThat(changed)
        .containsExactly(next.activate(NOW), active.retire(NOW, GRACE))
        .extracting(DomainKey::awaited)
        .containsOnly(false);
    assertThat(changed.getLast().removableAt()).isEqualTo(NOW.plus(GRACE));
  }

  @ParameterizedTest
  @CsvSource({"DENIED, true", "UNKNOWN, true", "SEEN, false", "DENIED, false"})
  void noOtherKeyTakesOver(Sight sight, boolean awaited) {
    DomainKey active = key("wb1", RSA, Role.ACTIVE);
    DomainKey next = key("wb2", RSA, Role.STANDBY).await(awaited);
    assertThat(look(Map.of(active, Sight.DENIED, next, sight))).isEmpty();
  }

  @Test
  void anEd25519KeyPausesWhileTheDnsDeniesIt() {
    DomainKey rsa = key("wb1", RSA, Role.ACTIVE);
    DomainKey second = key("wbe1", ED, Role.ACTIVE);

    assertThat(look(Map.of(rsa, Sight.DENIED, second, Sight.UNKNOWN))).isEmpty();
    List<DomainKey> paused = look(Map.of(rsa, Sight.SEEN, second, Sight.DENIED));
    assertThat(paused).containsExactly(second.standBy(NOW));
    assertThat(paused.getFirst().awaited()).isTrue();
    assertThat(look(Map.of(rsa, Sight.SEEN, paused.getFirst(), Sight.SEEN)))
        .containsExactly(second.activate(NOW));
  }

  @Test
  void anotherCandidateDestroysTheStandbyKeyThatNeverSigned() {
    DomainKey active = key("wb1", RSA, Role.ACTIVE);
    DomainKey standby = key("wb2", RSA, Role.STANDBY);
    DomainKey candidate = key("s2", RSA, Role.STANDBY);

    List<DomainKey> changed = KeyLife.await(List.of(active, standby), candidate, NOW);

    assertThat(changed).containsExactly(candidate.await(true), standby.destroy(NOW));
    assertThat(changed.getLast().sealed()).isEmpty();
    DomainKey second = key("wbe1", ED, Role.STANDBY).await(true);
    assertThat(KeyLife.giveUp(List.of(active, changed.getFirst(), second)))
        .containsExactly(candidate);
  }

  @Test
  void destroysARetiringKeyWhenItsTimeIsOver() {
    DomainKey retiring = key("wb1", RSA, Role.ACTIVE).retire(NOW, GRACE);
    Instant last = NOW.plus(GRACE);

    assertThat(KeyLife.expired(List.of(retiring), last.minusMillis(1))).isEmpty();
    assertThat(KeyLife.expired(List.of(retiring), last)).containsExactly(retiring.destroy(last));
    assertThat(KeyLife.expired(List.of(key("wb2", RSA, Role.ACTIVE)), last)).isEmpty();
  }

  @Test
  void takesAnAlgorithmAway() {
    DomainKey rsa = key("wb1", RSA, Role.ACTIVE);
    DomainKey second = key("wbe1", ED, Role.ACTIVE);
    DomainKey third = key("wbe2", ED, Role.STANDBY);

    assertThat(KeyLife.without(List.of(rsa, second, third), ED, NOW, GRACE))
        .containsExactly(second.retire(NOW, GRACE), third.destroy(NOW));
  }

  /// Whatever is seen and wished in whatever order: one RSA key signs, and it is never one that was
  /// not seen when it took over.
  @Test
  void oneRsaKeySignsAtEveryMoment() {
    Random chance = new Random(20261121);
    for (int life = 0; life < 500; life++) {
      Map<String, DomainKey> keys = new LinkedHashMap<>();
      add(keys, key("wb1", RSA, Role.ACTIVE));
      add(keys, key("wb2", RSA, Role.STANDBY));
      Instant now = NOW;
      for (int step = 0; step < 60; step++) {
        now = now.plus(Duration.ofHours(chance.nextInt(1, 60)));
        List<DomainKey> all = new ArrayList<>(keys.values());
        Instant at = now;
        switch (chance.nextInt(6)) {
          case 0 ->
              KeyLife.await(all, key("wb" + (keys.size() + 1), RSA, Role.STANDBY), at)
                  .forEach(changed -> add(keys, changed));
          case 1 -> KeyLife.giveUp(all).forEach(changed -> add(keys, changed));
          case 2 -> KeyLife.expired(all, at).forEach(changed -> add(keys, changed));
          case 3 ->
              KeyLife.await(all, key("e" + keys.size(), ED, Role.STANDBY), at)
                  .forEach(changed -> add(keys, changed));
          default -> {
            Map<String, Sight> sights = new LinkedHashMap<>();
            all.forEach(key -> sights.put(key.selector(), Sight.values()[chance.nextInt(3)]));
            for (DomainKey changed :
                KeyLife.afterLook(all, key -> sights.get(key.selector()), at, GRACE)) {
              if (changed.role() == Role.ACTIVE) {
                assertThat(sights.get(changed.selector())).isEqualTo(Sight.SEEN);
              }
              add(keys, changed);
            }
          }
        }
        assertThat(keys.values().stream().filter(key -> key.is(RSA, Role.ACTIVE))).hasSize(1);
        assertThat(keys.values().stream().filter(key -> key.is(ED, Role.ACTIVE)))
            .hasSizeLessThan(2);
        assertThat(keys.values())
            .filteredOn(key -> key.role() == Role.RETIRED)
            .allMatch(key -> key.sealed().isEmpty());
      }
    }
  }

  private static void add(Map<String, DomainKey> keys, DomainKey key) {
    keys.put(key.selector(), key);
  }

  private static List<DomainKey> look(Map<DomainKey, Sight> sights) {
    return KeyLife.afterLook(sights.keySet(), sights::get, NOW, GRACE);
  }

  private static DomainKey key(String selector, Algorithm algorithm, Role role) {
    return new DomainKey(
        new UUID(1, 2), selector, algorithm, role, false, NOW, null, "v=DKIM1; p=", "sealed");
  }
}
