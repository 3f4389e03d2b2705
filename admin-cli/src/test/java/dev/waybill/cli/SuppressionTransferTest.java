package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SuppressionTransferTest extends CommandTest {
  private static final String ADD = "POST /suppressions/batch/add";

  @Test
  void readsTheHeadingsAndWordsOfOtherServices() throws IOException {
    relay.on(ADD, 201, "{\"added\":2,\"data\":[]}");
    Path file =
        file(
            "\uFEFFRecipient,Suppression Type,Created\r\n"
                + "\"ann@x.example\",HardBounce,2026-01-01\r\n"
                + "\r\n"
                + " bob@x.example ,SpamComplaint,2026-01-02\r\n");

    Ran ran = shell.run("suppressions", "import", file.toString(), "--stream", "marketing");

    assertThat(relay.last().body())
        .isEqualTo(
            "{\"suppressions\":[{\"stream\":\"marketing\",\"email\":\"ann@x.example\","
                + "\"origin\":\"bounce\"},{\"stream\":\"marketing\",\"email\":\"bob@x.example\","
                + "\"origin\":\"complaint\"}]}");
    assertThat(ran).isEqualTo(new Ran(0, "", "2 addresses read, 2 new, 0 rows skipped.\n"));
  }

  @Test
  void namesRowsThatAreNoAddressesAndGoesOn() throws IOException {
    relay
        .on(ADD, 422, FakeRelay.error(422, "validation_error", "entry 2: email: b@@ is wrong"))
        .on(ADD, 201, "{\"added\":2,\"data\":[]}");
    Path file = file("a@x.example\nb@@\nnobody\nc@x.example\n");

    Ran ran = shell.run("suppressions", "import", file.toString());

    assertThat(relay.lines()).as(ran.err()).containsExactly(ADD, ADD);
    assertThat(relay.last().body())
        .isEqualTo("{\"suppressions\":[{\"email\":\"a@x.example\"},{\"email\":\"c@x.example\"}]}");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("line 3: \"nobody\" (expected: an address such as jane@example.com)")
        .contains("line 2: email: b@@ is wrong")
        .contains("2 addresses read, 2 new, 2 rows skipped.");
  }

  @Test
  void handsInAThousandAtATimeOrNothing() throws IOException {
    StringBuilder many = new StringBuilder("email\n");
    for (int i = 0; i < 2_500; i++) {
      many.append("a").append(i).append("@x.example\n");
    }
    Path file = file(many.toString());
    relay.on(ADD, 201, "{\"added\":1000,\"data\":[]}");

    assertThat(shell.run("suppressions", "import", file.toString(), "--dry-run").err())
        .isEqualTo("2500 addresses, 0 rows that are none; nothing was changed.\n");
    assertThat(relay.lines()).isEmpty();
    assertThat(shell.run("suppressions", "import", file.toString()).code()).isZero();
    assertThat(relay.lines()).hasSize(3);
  }

  @Test
  void saysWhatItCannotRead() throws IOException {
    assertThat(shell.run("suppressions", "import", home.resolve("none.csv").toString()).err())
        .contains("none.csv cannot be read (expected: CSV in UTF-8)");
    Path binary = home.resolve("binary.csv");
    Files.write(binary, new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 1});
    assertThat(shell.run("suppressions", "import", binary.toString()).code()).isEqualTo(1);
    assertThat(relay.lines()).isEmpty();
  }

  @Test
  void exportsPageByPage() {
    relay
        .on(
            "GET /suppressions?limit=100",
            200,
            "{\"object\":\"list\",\"has_more\":true,\"data\":[{\"id\":\"s1\","
                + "\"email\":\"a@x.example\",\"origin\":\"bounce\"}]}")
        .on(
            "GET /suppressions?limit=100&after=s1",
            200,
            "{\"object\":\"list\",\"has_more\":false,\"data\":[{\"id\":\"s2\","
                + "\"email\":\"b@x.example\",\"origin\":\"manual\"}]}");

    Ran ran = shell.run("suppressions", "export");

    assertThat(ran.out())
        .isEqualTo(
            "email,domain,stream,origin,created_at,expires_at,id\r\n"
                + "a@x.example,,,bounce,,,s1\r\nb@x.example,,,manual,,,s2\r\n");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(home.resolve("list.csv"), text, StandardCharsets.UTF_8);
  }
}
