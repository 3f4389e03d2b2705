package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import dev.waybill.cli.output.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ListingsTest extends CommandTest {
  @Test
  void pagesAreFollowedToTheEnd() {
    relay
        .on("GET /domains?limit=100", 200, page(true, "a", "b"))
        .on("GET /domains?limit=100&after=b", 200, page(true, "c"))
        .on("GET /domains?limit=100&after=c", 200, page(false, "d"));

    Ran ran = shell.run("domains", "list", "-o", "json");

    assertThat(Json.parse(ran.out().getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Json.parse(page(false, "a", "b", "c", "d").getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theLimitEndsTheReading() {
    relay
        .on("GET /suppressions?limit=100", 200, page(true, ids(100)))
        .on("GET /suppressions?limit=30&after=99", 200, page(true, ids(30)));

    Ran ran = shell.run("suppressions", "list", "--limit", "130", "-o", "json");

    assertThat(relay.lines())
        .containsExactly("GET /suppressions?limit=100", "GET /suppressions?limit=30&after=99");
    assertThat(Json.parse(ran.out().getBytes(StandardCharsets.UTF_8)).path("data")).hasSize(130);
    assertThat(ran.out()).contains("\"has_more\" : true");
    assertThat(shell.run("suppressions", "list", "--limit", "0").code()).isEqualTo(2);
  }

  @Test
  void aServerThatIgnoresTheLimitGivesNoMore() {
    relay.on("GET /domains?limit=1", 200, page(false, "a", "b"));

    assertThat(shell.run("domains", "list", "--limit=1", "-ocsv").out().lines()).hasSize(2);
  }

  @Test
  void aServerThatPromisesMoreForeverIsNotFollowed() {
    relay
        .on("GET /domains?limit=100", 200, page(true, "a"))
        .on("GET /domains?limit=100&after=a", 200, page(true, "a"));

    Ran ran = shell.run("domains", "list");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .isEqualTo("waybillctl: GET /domains promises more after 'a' and does not give it\n");
  }

  @Test
  void theQueueIsSummedUp() {
    relay.on("GET /queue", 200, FakeRelay.file("queue"));

    assertThat(shell.run("queue", "summary").out())
        .isEqualTo(
            """
            STATE      DELIVERIES
            scheduled  0
            queued     1
            sending    0
            deferred   2
            held       0

            Oldest: 12s

            DESTINATION  DELIVERIES  NEXT ATTEMPT          LAST REPLY
            example.net  2           2026-11-21T10:05:00Z  451 4.7.1 try \\u001b[31mlater\\u0007, "please"
            example.org  1           -                     -
            """);
    assertThat(shell.run("queue", "summary", "-o", "csv").out())
        .startsWith("domain,deliveries,next_attempt_at,last_reply\r\nexample.net,2,2026-11-21T");
    assertThat(shell.run("queue", "summary", "-o", "json").out())
        .contains("\"oldest_seconds\" : 12.5");
  }

  @Test
  void proseIsWrappedOnANarrowTerminalAndNothingElse() {
    relay.on("GET /queue", 200, FakeRelay.file("queue"));

    Ran ran = shell.with("COLUMNS", "70").with("NO_COLOR", "1").runOnTerminal("queue", "summary");

    assertThat(ran.out())
        .contains(
            """
            example.net  2           2026-11-21T10:05:00Z  451 4.7.1 try
                                                           \\u001b[31mlater\\u0007,
                                                           "please"
            """);
  }

  @Test
  void anEmptyQueueIsSaid() {
    relay.on(
        "GET /queue",
        200,
        "{\"object\":\"queue\",\"states\":{\"queued\":0},\"oldest_seconds\":null,\"destinations\":[]}");

    assertThat(shell.run("queue", "summary"))
        .isEqualTo(new Ran(0, "STATE   DELIVERIES\nqueued  0\n", "The queue is empty.\n"));
  }

  @Test
  void statusShowsWhatTheRelayKnows() {
    relay.on("GET /status", 200, FakeRelay.file("status"));

    assertThat(shell.run("status").out())
        .isEqualTo(
            """
            VERSION                    0.1.0
            HOSTNAME                   relay.example.net
            STARTED                    2026-11-20T10:00:00Z
            UPTIME                     1d 2h
            HEALTH                     open
            REASON                     -
            QUEUE SCHEDULED            0
            QUEUE QUEUED               1
            DOMAINS VERIFIED           1
            DOMAINS TEMPORARY FAILURE  2
            """);
    assertThat(shell.run("status", "-o", "csv").out())
        .isEqualTo(
            "version,hostname,started_at,uptime_seconds,health,health_reason,queue_scheduled,"
                + "queue_queued,domains_verified,domains_temporary_failure\r\n"
                + "0.1.0,relay.example.net,2026-11-20T10:00:00.1Z,93784.25,open,,0,1,1,2\r\n");
    assertThat(shell.runOnTerminal("status").out())
        .contains("HEALTH                     \033[32mopen\033[0m");
    assertThat(shell.with("NO_COLOR", "1").runOnTerminal("status").out()).doesNotContain("\033");
  }

  private static String[] ids(int count) {
    String[] ids = new String[count];
    for (int i = 0; i < count; i++) {
      ids[i] = Integer.toString(i);
    }
    return ids;
  }

  private static String page(boolean more, String... ids) {
    StringBuilder data = new StringBuilder();
    for (String id : ids) {
      data.append(data.isEmpty() ? "" : ",").append("{\"id\":\"").append(id).append("\"}");
    }
    return "{\"object\":\"list\",\"has_more\":" + more + ",\"data\":[" + data + "]}";
  }
}
