package dev.waybill.relay.shaping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.streams.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Whose mail goes first.
class FairQueueTest {
  private static final UUID LARGE = new UUID(0, 1);
  private static final UUID SMALL = new UUID(0, 2);
  private final FairQueue<String> queue = new FairQueue<>();

  private static Flow receipts(UUID domain) {
    return new Flow(domain, Stream.TRANSACTIONAL);
  }

  private static Flow news(UUID domain) {
    return new Flow(domain, Stream.MARKETING);
  }

  private List<String> drain(int most) {
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      String next = queue.poll();
      if (next != null) {
        taken.add(next);
      }
    }
    return taken;
  }

  private void fill(Flow flow, String name, int count) {
    for (int i = 0; i < count; i++) {
      queue.add(flow, name + i);
    }
  }

  @Test
  void keepsTheOrderOfOneSender() {
    fill(receipts(LARGE), "a", 3);
    assertThat(drain(9)).containsExactly("a0", "a1", "a2");
    assertThat(queue.poll()).isNull();
  }

  @Test
  void letsSendersTakeTurnsHoweverMuchTheyHave() {
    fill(receipts(LARGE), "a", 50_000);
    fill(receipts(SMALL), "b", 2);
    assertThat(drain(5)).containsExactly("a0", "b0", "a1", "b1", "a2");
  }

  @Test
  void letsTransactionalMailGoBeforeMarketing() {
    fill(news(LARGE), "n", 50_000);
    queue.add(receipts(SMALL), "receipt");
    assertThat(queue.poll()).isEqualTo("receipt");
  }

  @Test
  void neverStarvesMarketing() {
    fill(receipts(LARGE), "r", 1_000);
    fill(news(SMALL), "n", 1_000);
    assertThat(drain(100)).filteredOn(taken -> taken.startsWith("n")).hasSize(10);
  }

  @Test
  void givesTheTurnBackToWhatWasNotTried() {
    fill(receipts(LARGE), "a", 2);
    fill(receipts(SMALL), "b", 2);
    String tried = queue.poll();
    queue.addFirst(receipts(LARGE), "a0");
    assertThat(tried).isEqualTo("a0");
    assertThat(drain(4)).containsExactly("a0", "b0", "a1", "b1");
  }

  @Test
  void forgetsAFlowThatHasNothingLeft() {
    for (int i = 0; i < 1_000; i++) {
      queue.add(news(new UUID(1, i)), "n" + i);
    }
    assertThat(queue.flows()).isEqualTo(1_000);
    assertThat(queue.remove(entry -> !entry.equals("n7"))).hasSize(999);
    assertThat(queue.flows()).isEqualTo(1);
    assertThat(drain(2)).containsExactly("n7");
    assertThat(queue.flows()).isZero();
    assertThat(queue.isEmpty()).isTrue();
    queue.add(news(LARGE), "again");
    assertThat(drain(2)).containsExactly("again");
  }
}
