package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import org.junit.jupiter.api.Test;

class EventsCommandTest extends CommandTest {
  private static final String NONE = "{\"object\":\"list\",\"has_more\":false,\"data\":[]}";

  @Test
  void listShowsTheNewestFirst() {
    relay.on("GET /events?order=desc&limit=100", 200, FakeRelay.file("events"));

    assertThat(shell.run("events", "list"))
        .isEqualTo(
            new Ran(
                0,
                """
                SEQ  TIME                  TYPE           TO               EMAIL ID  FACTS
                43   2026-11-21T10:00:43Z  email.bounced  ann@example.net  e1        reply="550 5.1.1 no such user"
                42   2026-11-21T10:00:42Z  email.sent     ann@example.net  e1        domain=example.com
                """,
                ""));
  }

  @Test
  void listFilters() {
    relay
        .on(
            "GET /events?type=email.bounced&email_id=e%201&order=desc&limit=5",
            200, FakeRelay.file("events").replace("\"has_more\": false", "\"has_more\": true"))
        .on(
            "GET /events?type=email.bounced&email_id=e%201&order=desc&limit=3&after=42",
            200, page(41));

    Ran ran =
        shell.run(
            "events",
            "list",
            "--type",
            "email.bounced",
            "--email-id",
            "e 1",
            "--limit",
            "5",
            "-ocsv");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .startsWith(
            "id,created_at,type,data_to,data_email_id,data\r\n43,2026-11-21T10:00:43.123456Z,");
    assertThat(ran.out().lines()).hasSize(4);
  }

  @Test
  void reportWritesTheMailAsItCame() {
    String mail = "Subject: x\r\n\r\n\u001b[2J bare\nend";
    relay.on("GET /events/43/report", 200, "message/rfc822", mail);

    assertThat(shell.run("events", "report", "43")).isEqualTo(new Ran(0, mail, ""));
    assertThat(shell.runOnTerminal("events", "report", "43").out())
        .contains("Subject: x", "\\u001b[2J bare")
        .doesNotContain("\u001b");
  }

  @Test
  void reportSaysWhenThereIsNone() {
    Ran ran = shell.run("events", "report", "44");

    assertThat(ran.code()).isEqualTo(5);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("not found, GET /events/44/report");
    assertThat(shell.run("events", "report").code()).isEqualTo(2);
  }

  @Test
  void listGoesInLargePages() {
    relay.on("GET /events?order=desc&limit=1000", 200, FakeRelay.file("events"));

    assertThat(shell.run("events", "list", "--limit", "5000").code()).isZero();
  }

  @Test
  void tailBeginsNowAndStopsAfterTheCount() {
    relay
        .on("GET /events?order=desc&limit=1", 200, page(41))
        .on("GET /events?after=41&limit=1000", 200, NONE)
        .on("GET /events?after=41&limit=1000", 200, page(42, 43))
        .on("GET /events?after=43&limit=1000", 200, page(44, 45));

    Ran ran = shell.run("events", "tail", "--count", "3", "--interval", "5ms");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            2026-11-21T10:00:42Z  email.sent                a@b.example  n=42
            2026-11-21T10:00:43Z  email.sent                a@b.example  n=43
            2026-11-21T10:00:44Z  email.sent                a@b.example  n=44
            """);
    assertThat(ran.err()).isEqualTo("Waiting for events; Ctrl-C stops.\n");
  }

  @Test
  void tailOfAnEmptyJournalBeginsAtZeroAndWritesOneLineOfJson() {
    relay
        .on("GET /events?order=desc&limit=1", 200, NONE)
        .on("GET /events?type=email.sent&after=0&limit=1000", 200, page(1));

    Ran ran = shell.run("events", "tail", "--type=email.sent", "--count=1", "-o", "json");

    assertThat(ran.out()).isEqualTo(event(1) + "\n");
  }

  @Test
  void tailAsCsvHasOneHeader() {
    relay
        .on("GET /events?order=desc&limit=1", 200, page(1))
        .on("GET /events?after=1&limit=1000", 200, page(2, 3));

    assertThat(shell.run("events", "tail", "--count=2", "-o", "csv").out().lines()).hasSize(3);
  }

  private static String page(int... numbers) {
    StringBuilder data = new StringBuilder();
    for (int number : numbers) {
      data.append(data.isEmpty() ? "" : ",").append(event(number));
    }
    return "{\"object\":\"list\",\"has_more\":false,\"data\":[" + data + "]}";
  }

  private static String event(int number) {
    return ("{\"id\":\"%d\",\"type\":\"email.sent\",\"created_at\":\"2026-11-21T10:00:%02d.5Z\","
            + "\"data\":{\"to\":[\"a@b.example\"],\"n\":\"%d\"}}")
        .formatted(number, number % 60, number);
  }
}
