package dev.waybill.relay.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.DeliveryKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123456Z");
  private static final long LIMIT = 1 << 20;

  @TempDir Path folder;

  @Test
  void givesBackWhatItKeptInOrder() throws Exception {
    List<Sighting> kept =
        List.of(
            Sighting.open(NOON, key(1), new Visit("", "192.0.2.0", false, null)),
            Sighting.click(NOON, key(65_535), "https://shop.example/ü", visit(MachineReason.EARLY)),
            Sighting.unsubscribe(NOON, key(3), "jane@customer.example", visit(null))
                .failedOnceMore());
    try (Spill spill = open()) {
      assertThat(spill.append(kept.subList(0, 1))).isTrue();
      assertThat(spill.append(kept.subList(1, 3))).isTrue();
      assertThat(spill.size()).isEqualTo(3);
      assertThat(spill.first(2)).isEqualTo(kept.subList(0, 2));
      assertThat(spill.first(10)).isEqualTo(kept);
      spill.forgetGiven();
      assertThat(spill.isEmpty()).isTrue();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void saysWhenTheJournalHadBetterTakeFromIt() throws Exception {
    try (Spill spill = open()) {
      int kept = 0;
      while (Files.size(file()) <= LIMIT / 2) {
        assertThat(spill.isHalfFull()).isFalse();
        assertThat(spill.append(opens(kept, kept + 100))).isTrue();
        kept += 100;
      }
      assertThat(spill.isHalfFull()).isTrue();
      while (!spill.isEmpty()) {
        assertThat(spill.first(kept)).isNotEmpty();
        spill.forgetGiven();
      }
      assertThat(spill.isHalfFull()).isFalse();
    }
  }

  @Test
  void goesOnAfterACrashWhereItWas() throws Exception {
    try (Spill spill = open()) {
      assertThat(spill.append(opens(0, 3_000))).isTrue();
      assertThat(spill.first(1_000)).hasSize(1_000);
      spill.forgetGiven();
      assertThat(spill.first(500)).hasSize(500);
    }
    try (Spill again = open()) {
      assertThat(again.size()).isEqualTo(2_000);
      assertThat(again.append(opens(3_000, 3_001))).isTrue();
      List<Sighting> rest = new ArrayList<>();
      while (!again.isEmpty()) {
        rest.addAll(again.first(700));
        again.forgetGiven();
      }
      assertThat(rest).isEqualTo(opens(1_000, 3_001));
    }
    assertThat(Files.size(file())).isEqualTo(16);
  }

  @Test
  void leavesOutWhatACrashCutOff() throws Exception {
    try (Spill spill = open()) {
      assertThat(spill.append(opens(0, 10))).isTrue();
    }
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file(), Arrays.copyOf(whole, length));
      try (Spill cut = open()) {
        List<Sighting> left = cut.first(100);
        assertThat(left).isEqualTo(opens(0, left.size()));
        assertThat(cut.append(opens(50, 51))).isTrue();
        assertThat(cut.first(100)).endsWith(opens(50, 51).getFirst()).hasSize(left.size() + 1);
      }
    }
    Files.write(file(), new byte[] {0, 0, 0, 9, 1, 2, 3, 4, 5}, StandardOpenOption.APPEND);
    try (Spill damaged = open()) {
      assertThat(damaged.append(opens(1, 2))).isTrue();
    }
  }

  @Test
  void takesNoMoreThanItsLimit() throws Exception {
    try (Spill spill = open()) {
      int batches = 0;
      while (spill.append(opens(0, 500))) {
        batches++;
      }
      assertThat(Files.size(file())).isLessThanOrEqualTo(LIMIT);
      assertThat(spill.size()).isEqualTo(batches * 500);
    }
  }

  @Test
  void takesMoreOnceItIsEmptyAgain() throws Exception {
    try (Spill spill = open()) {
      while (spill.append(opens(0, 500))) {
        // until it is full
      }
      assertThat(spill.append(opens(0, 1))).isFalse();
      while (!spill.isEmpty()) {
        spill.first(700);
        spill.forgetGiven();
      }
      assertThat(spill.append(opens(7, 8))).isTrue();
      assertThat(spill.first(2)).isEqualTo(opens(7, 8));
    }
  }

  @Test
  void keepsTheLongestOnes() throws Exception {
    Visit visit = new Visit("ü".repeat(Visit.MAX_USER_AGENT), "192.0.2.0", false, null);
    List<Sighting> longest =
        Collections.nCopies(60, Sighting.click(NOON, key(1), "文".repeat(3_000), visit));
    try (Spill spill = open()) {
      assertThat(spill.append(longest)).isTrue();
      assertThat(spill.first(100)).isEqualTo(longest);
    }
  }

  @Test
  void setsAForeignFileAside() throws Exception {
    Files.writeString(file(), "something else entirely");

    try (Spill spill = open()) {
      assertThat(spill.append(opens(0, 1))).isTrue();
    }
    assertThat(folder.resolve("spill.unreadable")).hasContent("something else entirely");
  }

  private Spill open() throws IOException {
    return Spill.open(file(), LIMIT);
  }

  private Path file() {
    return folder.resolve("spill");
  }

  private static List<Sighting> opens(int from, int to) {
    List<Sighting> opens = new ArrayList<>();
    for (int i = from; i < to; i++) {
      opens.add(Sighting.open(NOON, key(i), visit(null)));
    }
    return opens;
  }

  private static Visit visit(@Nullable MachineReason telling) {
    return new Visit("Firefox", "192.0.2.0", false, telling);
  }

  private static DeliveryKey key(int ordinal) {
    return new DeliveryKey(new UUID(1, 2), ordinal);
  }
}
