package dev.waybill.relay.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpliceTest {
  @Test
  void replacesInsertsAndRemovesAndKeepsEverythingElse() {
    assertThat(
            splice("abcdef", edit(0, 0, "<"), edit(0, 1, ""), edit(2, 3, "XYZ"), edit(6, 6, ">")))
        .isEqualTo("<bXYZdef>");
    assertThat(splice("abc")).isEqualTo("abc");
  }

  @Test
  void makesInsertionsAtOnePlaceInTheirOrder() {
    assertThat(splice("ab", edit(1, 1, "1"), edit(1, 1, "2"))).isEqualTo("a12b");
  }

  @Test
  void refusesEditsThatOverlapOrLieOutside() {
    assertThatThrownBy(() -> splice("abc", edit(0, 2, ""), edit(1, 3, "")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> splice("abc", edit(2, 4, "")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> edit(2, 1, "")).isInstanceOf(IllegalArgumentException.class);
  }

  private static Splice.Edit edit(int from, int to, String replacement) {
    return new Splice.Edit(from, to, replacement.getBytes(StandardCharsets.UTF_8));
  }

  private static String splice(String source, Splice.Edit... edits) {
    return new String(
        Splice.apply(source.getBytes(StandardCharsets.UTF_8), List.of(edits)),
        StandardCharsets.UTF_8);
  }
}
