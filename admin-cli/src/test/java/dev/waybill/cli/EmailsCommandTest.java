package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `emails` shows of answers that a real relay gives seldom.
class EmailsCommandTest {
  private static final String LINK =
      """
      {"reason":"link_counted","title":"link counted","name":"","submitted":{"from":120,"to":142},
       "sent":{"from":1804,"to":1890},"lead":"<a href=\\"","removed":"https://shop.example/a",
       "added":"https://t.example/c/\\u001b[31mx","trail":"\\">shop</a>","within":[]}\
      """;
  private static final String PART =
      """
      {"reason":"part_encoded_again","title":"part encoded again","name":"base64",
       "submitted":{"from":200,"to":300},"sent":{"from":2000,"to":2400},"lead":"","removed":"QUJD",
       "added":"REVG","trail":"","within":[{"reason":"pixel_added","title":"open pixel added",
       "removed":"","added":"<img>"}]}\
      """;

  @TempDir Path home;
  private FakeRelay relay;
  private Shell shell;

  @BeforeEach
  void start() {
    relay = new FakeRelay();
    shell = new Shell(home, relay);
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  @Test
  void bytesThatAreGoneAreNotFound() {
    relay.on("GET /emails/a/diff", 410, FakeRelay.error(410, "not_found", "not kept any more"));
    Ran ran = shell.run("emails", "diff", "a");
    assertThat(ran.code()).isEqualTo(5);
    assertThat(ran.err()).contains("not kept any more");
  }

  @Test
  void showsEachChangeWithItsLineAndItsReason() {
    relay.on("GET /emails/a/diff", 200, diff(0, LINK + "," + PART));
    Ran ran = shell.run("emails", "diff", "a");
    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            --- submitted, 1,024 bytes
            +++ sent to ann@there.example, 3,000 bytes

            link counted  @ 120-141 -> 1804-1889
            - <a href="https://shop.example/a">shop</a>
            + <a href="https://t.example/c/\\u001b[31mx">shop</a>

            part encoded again base64  @ 200-299 -> 2000-2399
              in the decoded text: open pixel added
            + <img>

            """);
    assertThat(ran.err()).isEqualTo("2 changes. It is the copy that was sent.\n");
  }

  @Test
  void saysWhoseCopyItIsWhereThereAreSeveral() {
    relay.on("GET /emails/a/diff", 200, diff(2, LINK));
    assertThat(shell.run("emails", "diff", "a").err())
        .contains("This is the copy of ann@there.example; see the other 2 with --rcpt ADDRESS.");
    relay.on("GET /emails/a/diff?rcpt=ann%40there.example", 200, diff(2, LINK));
    assertThat(shell.run("emails", "diff", "a", "--rcpt", "ann@there.example").err())
        .doesNotContain("--rcpt");
  }

  @Test
  void coloursWhatWentAndWhatCameOnATerminal() {
    relay.on("GET /emails/a/diff", 200, diff(0, LINK));
    assertThat(shell.runOnTerminal("emails", "diff", "a").out())
        .contains("\033[31mhttps://shop.example/a\033[0m")
        .contains("\033[2m<a href=\"\033[0m");
  }

  private static String diff(int others, String changes) {
    return """
    {"object":"email_diff","id":"a","recipient":"ann@there.example","others":%d,"exact":true,
     "note":"It is the copy that was sent.","submitted_size":1024,"sent_size":3000,
     "changes":[%s],"omitted":0}\
    """
        .formatted(others, changes);
  }
}
