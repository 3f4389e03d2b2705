package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.live.Line;
import dev.waybill.cli.live.LiveView;
import dev.waybill.cli.output.Terminal;
import dev.waybill.cli.output.Tty;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LiveViewTest {
  private static final String CLEARED = "\033[H\033[2J";

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private volatile Tty.Size size = new Tty.Size(20, 10);

  @Test
  void aWindowMadeTooSmallIsClearedAndALargerOneIsNot() throws Exception {
    assertThat(drawnAfter(new Tty.Size(40, 20))).doesNotContain(CLEARED).contains("\033[2A");
    assertThat(drawnAfter(new Tty.Size(12, 10))).contains(CLEARED + "second");
    assertThat(drawnAfter(new Tty.Size(20, 2))).contains(CLEARED + "second");
  }

  @Test
  void enterIsToldAndMovesTheCursor() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch third = new CountDownLatch(3);
    try (PipedOutputStream keyboard = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(keyboard)) {
      keyboard.write('\n');
      try (LiveView view =
          new LiveView(
              terminal(in),
              (room, _) -> {
                first.countDown();
                third.countDown();
                return List.of(new Line(room.columns()).add("one line"));
              },
              "")) {
        assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(view.asked()).isFalse();
        keyboard.write("ab\n\nc".getBytes(StandardCharsets.US_ASCII));
        assertThat(third.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(view.asked()).isTrue();
        assertThat(view.asked()).isFalse();
      }
    }
    assertThat(screen.toString(StandardCharsets.UTF_8))
        .startsWith("\033[?25l\rone line\033[K\n\033[J\033[?25l\r\033[3Aone line\033[K\n")
        .endsWith("\r\033[1A\033[J\033[?25h");
  }

  @Test
  void aLineIsCutWhereTheScreenEndsAndCountsWideCharacters() {
    assertThat(new Line(5).add("abc").add("defg").used()).isEqualTo(5);
    assertThat(new Line(5).add("漢字漢字").toString()).isEqualTo("漢字");
    assertThat(new Line(9).add("a\033[31m").toString()).isEqualTo("a\\u001b[3");
    assertThat(new Line(4).to(9).used()).isEqualTo(4);
  }

  private String drawnAfter(Tty.Size later) throws Exception {
    screen.reset();
    size = new Tty.Size(20, 10);
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    try (LiveView _ =
        new LiveView(
            terminal(InputStream.nullInputStream()),
            (room, _) -> {
              boolean then = room.columns() == later.columns() - 1 && first.getCount() == 0;
              if (then && room.rows() == Math.max(1, later.rows() - 1)) {
                second.countDown();
              }
              String text = second.getCount() == 0 ? "second" : "first";
              Line line = new Line(room.columns()).add(text + " line that is long");
              first.countDown();
              return List.of(line, new Line(room.columns()));
            },
            "")) {
      assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
      size = later;
      assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    }
    return screen.toString(StandardCharsets.UTF_8);
  }

  private Terminal terminal(InputStream in) {
    PrintStream out = new PrintStream(screen, true, StandardCharsets.UTF_8);
    return new Terminal(
        in,
        out,
        out,
        Map.of(),
        EnumSet.allOf(Terminal.Stream.class),
        new Tty() {
          @Override
          public char @Nullable [] secret(String question) {
            return null;
          }

          @Override
          public Optional<Size> size() {
            return Optional.of(size);
          }
        });
  }
}
