package dev.waybill.relay.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineDiffTest {
  @Test
  void showsChangesWithTheLinesAroundThem() {
    String before = lines(1, 20);
    String after = before.replace("line 10\r\n", "line ten\r\nline ten and a half\r\n");

    assertThat(diff(before, after))
        .containsExactly(
            "SKIPPED 6 unchanged lines",
            "SAME line 7",
            "SAME line 8",
            "SAME line 9",
            "REMOVED line 10",
            "ADDED line ten",
            "ADDED line ten and a half",
            "SAME line 11",
            "SAME line 12",
            "SAME line 13",
            "SKIPPED 7 unchanged lines");
  }

  @Test
  void showsNothingButACountWhenNothingChanged() {
    assertThat(diff(lines(1, 5), lines(1, 5))).containsExactly("SKIPPED 5 unchanged lines");
    assertThat(diff("", "")).isEmpty();
  }

  @Test
  void keepsBothSidesWhole() {
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      List<String> before = random.ints(random.nextInt(12), 0, 4).mapToObj(n -> "l" + n).toList();
      List<String> after = random.ints(random.nextInt(12), 0, 4).mapToObj(n -> "l" + n).toList();
      List<String> removed = new ArrayList<>(before);
      List<String> added = new ArrayList<>(after);
      for (String line : diff(text(before), text(after))) {
        if (line.startsWith("REMOVED ")) {
          assertThat(removed.remove(line.substring(8))).isTrue();
        } else if (line.startsWith("ADDED ")) {
          assertThat(added.remove(line.substring(6))).isTrue();
        }
      }
      assertThat(removed.stream().sorted()).isEqualTo(added.stream().sorted().toList());
    }
  }

  @Test
  void staysQuickWhenEverythingDiffers() {
    List<String> result = diff(lines(1, 30_000), lines(100_000, 130_000));

    assertThat(result).hasSize(60_001);
  }

  private static List<String> diff(String before, String after) {
    return LineDiff.between(
            before.getBytes(StandardCharsets.UTF_8), after.getBytes(StandardCharsets.UTF_8))
        .stream()
        .map(line -> line.kind() + " " + line.text())
        .toList();
  }

  private static String lines(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(n -> "line " + n + "\r\n")
        .collect(Collectors.joining());
  }

  private static String text(List<String> lines) {
    return lines.stream().map(line -> line + "\r\n").collect(Collectors.joining());
  }
}
