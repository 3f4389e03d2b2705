package dev.waybill.relay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {
  private final WaitingRoom<Integer> room = new WaitingRoom<>(3);

  @Test
  void givesEntriesOutInTheirOrderAndSoManyAtATime() {
    for (int entry = 1; entry <= 4; entry++) {
      assertThat(room.add(entry, entry == 2)).isTrue();
    }
    assertThat(gathered()).containsExactly(1, 2, 3);
    assertThat(gathered()).containsExactly(4);
  }

  @Test
  void wakesWhoGathersForWhatNobodyWaitsForToo() throws Exception {
    CompletableFuture<List<Integer>> batch = CompletableFuture.supplyAsync(this::gathered);
    room.add(7, false);
    assertThat(batch.get(30, TimeUnit.SECONDS)).containsExactly(7);
  }

  @Test
  void isEmptiedAfterItClosedAndLetsNobodyIn() {
    room.add(1, false);
    room.close();
    assertThat(room.add(2, true)).isFalse();
    assertThat(gathered()).containsExactly(1);
    assertThat(room.gather(new ArrayList<>())).isFalse();
  }

  @Test
  void endsTheWaitWhenItCloses() throws Exception {
    CompletableFuture<Boolean> any =
        CompletableFuture.supplyAsync(() -> room.gather(new ArrayList<>()));
    room.close();
    assertThat(any.get(30, TimeUnit.SECONDS)).isFalse();
  }

  private List<Integer> gathered() {
    List<Integer> batch = new ArrayList<>();
    assertThat(room.gather(batch)).isTrue();
    return batch;
  }
}
