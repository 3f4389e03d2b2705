package dev.waybill.relay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SealingTest {
  private static final byte[] SECRET = "a private key".getBytes(StandardCharsets.UTF_8);

  private final Sealing sealing = new Sealing(masterKey(1));

  @Test
  void opensWhatItSealedForTheSameContext() {
    assertThat(sealing.unseal(sealing.seal(SECRET, "dkim 1"), "dkim 1")).isEqualTo(SECRET);
    assertThat(sealing.unseal(sealing.seal(new byte[0], "empty"), "empty")).isEmpty();
  }

  @Test
  void sealsTheSameSecretDifferentlyEachTimeAndNeverInClear() {
    byte[] once = sealing.seal(SECRET, "dkim 1");
    assertThat(once).isNotEqualTo(sealing.seal(SECRET, "dkim 1"));
    assertThat(new String(once, StandardCharsets.ISO_8859_1)).doesNotContain("private");
  }

  @Test
  void opensNothingForAnotherContextOrUnderAnotherMasterKey() {
    byte[] sealed = sealing.seal(SECRET, "dkim 1");
    assertThatThrownBy(() -> sealing.unseal(sealed, "dkim 2"))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("secrets.master-key");
    assertThatThrownBy(() -> new Sealing(masterKey(2)).unseal(sealed, "dkim 1"))
        .isInstanceOf(StorageException.class);
  }

  @Test
  void opensNothingThatWasAlteredInAnyByteOrCut() {
    byte[] sealed = sealing.seal(SECRET, "dkim 1");
    for (int i = 0; i < sealed.length; i++) {
      byte[] altered = sealed.clone();
      altered[i] ^= 1;
      assertThatThrownBy(() -> sealing.unseal(altered, "dkim 1"))
          .isInstanceOf(StorageException.class);
      byte[] cut = Arrays.copyOf(sealed, i);
      assertThatThrownBy(() -> sealing.unseal(cut, "dkim 1")).isInstanceOf(StorageException.class);
    }
  }

  @Test
  void refusesAShortMasterKey() {
    assertThatThrownBy(() -> new Sealing(new byte[31]))
        .hasMessage("master key of 31 bytes (expected: 32 or more)");
  }

  private static byte[] masterKey(int seed) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) seed);
    return key;
  }
}
