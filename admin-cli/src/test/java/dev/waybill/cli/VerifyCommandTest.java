package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import org.junit.jupiter.api.Test;

class VerifyCommandTest extends CommandTest {
  private static final String DONE = "{\"object\":\"domain\",\"id\":\"d1\"}";

  @Test
  void verifyWithoutWaitingReturnsAtOnce() {
    relay.on("POST /domains/example.com/verify", 200, DONE);

    Ran ran = shell.run("domains", "verify", "example.com");

    assertThat(ran.code()).isZero();
    assertThat(relay.lines()).containsExactly("POST /domains/example.com/verify");
    assertThat(relay.last().body()).isEqualTo("{}");
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("waybillctl domains show example.com");
  }

  @Test
  void verifyWaitsAndTellsEachChangeOnce() {
    relay
        .on("POST /domains/example.com/verify", 200, DONE)
        .on("GET /domains/example.com", 200, FakeRelay.file("domain"))
        .on("GET /domains/example.com", 200, FakeRelay.file("domain"))
        .on("GET /domains/example.com", 200, FakeRelay.file("domain-verified"));

    Ran ran = shell.run("domains", "verify", "example.com", "--wait", "--interval", "5ms");

    assertThat(ran.code()).isZero();
    assertThat(ran.err().lines())
        .containsOnlyOnce("pending  TXT wb1._domainkey.example.com: not published yet")
        .containsOnlyOnce("verified  TXT wb1._domainkey.example.com")
        .endsWith("example.com is verified.");
    assertThat(ran.err()).doesNotContain("\033");
    assertThat(ran.out()).startsWith("RECORD    TYPE").doesNotContain("pending");
    assertThat(relay.lines()).hasSize(4);
  }

  @Test
  void verifyRedrawsOnATerminalAndLeavesItClean() {
    relay
        .on("POST /domains/example.com/verify", 200, DONE)
        .on("GET /domains/example.com", 200, FakeRelay.file("domain"))
        .on("GET /domains/example.com", 200, FakeRelay.file("domain"))
        .on("GET /domains/example.com", 200, FakeRelay.file("domain-verified"));

    Ran ran =
        shell
            .sized(80, 24)
            .runOnTerminal("domains", "verify", "example.com", "--wait", "--interval=400ms");

    assertThat(ran.code()).isZero();
    assertThat(ran.err())
        .startsWith("Looking up the records of example.com ...\n\033[?25l")
        .contains("\033[32m+ \033[0m\033[32mverified\033[0m      MX    send.example.com\033[K\n")
        .contains("\033[31mfailed\033[0m")
        .contains("\033[2mnot published yet\033[0m")
        .contains("\033[15A")
        .endsWith("\033[J\033[?25hexample.com is verified.\n");
    assertThat(ran.out()).startsWith("\033[1mRECORD ");
  }

  @Test
  void whatIsDrawnFitsEveryScreen() {
    relay
        .on("POST /domains/example.com/verify", 200, DONE)
        .on("GET /domains/example.com", 200, FakeRelay.file("domain"));
    for (int columns : new int[] {1, 40, 60, 80, 200}) {
      for (int rows : new int[] {1, 5, 12, 24}) {
        Ran ran =
            shell
                .with("NO_COLOR", "1")
                .sized(columns, rows)
                .runOnTerminal(
                    "domains",
                    "verify",
                    "example.com",
                    "--wait",
                    "--timeout=1ms",
                    "--interval=1ms",
                    "-ocsv");
        String drawing = ran.err().substring(ran.err().indexOf("\033[?25l"));
        drawing = drawing.substring(0, drawing.lastIndexOf("\033[?25h"));
        assertThat(drawing.replaceAll("\033\\[[?0-9]*[A-Zhl]|\r", "").lines())
            .hasSizeLessThan(Math.max(2, rows))
            .allMatch(line -> line.length() < columns || line.isEmpty());
      }
    }
  }

  @Test
  void withoutColoursNothingIsColoured() {
    relay
        .on("POST /domains/example.com/verify", 200, DONE)
        .on("GET /domains/example.com", 200, FakeRelay.file("domain-verified"));

    Ran plain =
        shell.with("NO_COLOR", "1").runOnTerminal("domains", "verify", "example.com", "--wait");
    Ran dumb =
        shell.with("TERM", "dumb").runOnTerminal("domains", "verify", "example.com", "--wait");

    assertThat(plain.err() + plain.out()).doesNotContainPattern("\033\\[[0-9]*m");
    assertThat(dumb.err() + dumb.out()).doesNotContain("\033");
  }

  @Test
  void verifyEndsWithSixWhenTheTimeIsOver() {
    relay
        .on("POST /domains/example.com/verify", 200, DONE)
        .on("GET /domains/example.com", 200, FakeRelay.file("domain"));

    Ran ran =
        shell.run(
            "domains",
            "verify",
            "example.com",
            "--wait",
            "--timeout=30ms",
            "--interval=10ms",
            "-o",
            "json");

    assertThat(ran.code()).isEqualTo(6);
    assertThat(ran.err())
        .endsWith(
            "waybillctl: example.com is not verified after 30ms; missing: TXT send.example.com,"
                + " TXT wb1._domainkey.example.com, CNAME links.example.com\n"
                + "The relay goes on looking. Publish what is missing: waybillctl domains records"
                + " example.com --missing\n");
    assertThat(ran.out()).contains("\"status\" : \"pending\"");
    assertThat(relay.lines().size()).isGreaterThanOrEqualTo(3);
  }
}
