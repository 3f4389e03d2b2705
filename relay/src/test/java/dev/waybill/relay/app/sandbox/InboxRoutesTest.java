package dev.waybill.relay.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.app.sandbox.InboxRoutes.Answer;
import dev.waybill.relay.app.sandbox.Mailroom.Letter;
import dev.waybill.relay.app.sandbox.Verdicts.Result;
import dev.waybill.relay.app.sandbox.Verdicts.Verdict;
import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.feedback.Receiver.Arrival;
import dev.waybill.relay.rendering.Comparisons;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InboxRoutesTest {
  static final Verdicts VERDICTS =
      new Verdicts(
          new Verdict(Result.PASS, "may <send>"),
          new Verdict(Result.FAIL, "broken \"key\""),
          new Verdict(Result.NONE, "nothing"),
          new Verdict(Result.PASS, "not required"));

  private static final UUID EMAIL = UUID.fromString("01980000-0000-7000-8000-00000000abcd");
  private static final byte[] SUBMITTED =
      bytes("Subject: as submitted\r\nX-Waybill-Tag: t\r\n\r\nHi\r\n");
  private static final String HOSTILE =
      """
      From: "<script>alert(1)</script>" <evil@elsewhere.test>
      To: x@y.test
      Subject: </title><script>alert(2)</script>
      MIME-Version: 1.0
      X-"onload=alert(3): </td><script>
      Content-Type: multipart/alternative; boundary=b

      --b
      Content-Type: text/plain

      </pre><script>alert(4)</script>
      --b
      Content-Type: text/html; charset=utf-8

      <!doctype html><html><head><title>x</title></head><body><script>alert(5)</script></body></html>
      --b--
      """
          .replace("\n", "\r\n");

  private final Mailroom mailroom =
      new Mailroom(
          new TimeOrderedIds(SystemClock.instants(), SystemClock.random()), SystemClock.instants());
  private final InboxRoutes routes =
      new InboxRoutes(
          mailroom,
          new InboxRoutes.Sources(
              token ->
                  token.equals("token") ? Optional.of(new DeliveryKey(EMAIL, 1)) : Optional.empty(),
              id -> id.equals(EMAIL) ? Optional.of(SUBMITTED) : Optional.empty(),
              _ -> new Comparisons.Outcome.NoSuchMessage(),
              id ->
                  List.of(
                      event(0, EventType.EMAIL_BOUNCED, "other recipient"),
                      event(1, EventType.EMAIL_CLICKED, "https://x.test/<b>"))),
          SandboxFileTest.ACCESS);

  @Test
  void listsMessagesNewestFirstInTheShapeOfTheContract() {
    Letter first = arrive("bounces+token@send.sandbox.example", HOSTILE);
    Letter second = arrive("someone@elsewhere.test", "Subject: two\r\n\r\n");

    JsonNode list = json(get("/sandbox/api/messages"));

    assertThat(list.isArray()).isTrue();
    assertThat(list.get(0).get("id").asString()).isEqualTo(second.id().toString());
    JsonNode node = list.get(1);
    assertThat(node.get("id").asString()).isEqualTo(first.id().toString());
    assertThat(node.get("to").asString()).isEqualTo("ada@customer.test");
    assertThat(node.get("subject").asString()).contains("alert(2)");
    assertThat(node.get("return_path").asString()).isEqualTo("bounces+token@send.sandbox.example");
    assertThat(Instant.parse(node.get("received_at").asString())).isEqualTo(first.at());
    assertThat(node.get("email_id").asString()).isEqualTo(EMAIL.toString());
    assertThat(node.get("verdicts").toString())
        .isEqualTo(
            "{\"spf\":\"pass\",\"dkim\":\"fail\",\"dmarc\":\"none\",\"one_click\":\"pass\"}");
    assertThat(node.get("explanations").get("dkim").asString()).isEqualTo("broken \"key\"");
  }

  @Test
  void givesTheExactBytesThatArrivedAndThatWereSubmitted() {
    Letter letter = arrive("bounces+token@send.sandbox.example", HOSTILE);
    String path = "/sandbox/api/messages/" + letter.id();

    assertThat(get(path + "/raw").body()).isEqualTo(bytes(HOSTILE));
    assertThat(get(path + "/submitted").body()).isEqualTo(SUBMITTED);
    assertThat(json(get(path)).get("events").size()).isEqualTo(1);
  }

  @Test
  void findsTheSubmittedMessageByTheReceivedFieldToo() {
    String received =
        "Received: from app (x) by relay.test with ESMTPSA\r\n\tid " + EMAIL + "; now\r\n\r\n";
    Letter letter = arrive("", received);

    assertThat(get("/sandbox/api/messages/" + letter.id() + "/submitted").body())
        .isEqualTo(SUBMITTED);
  }

  @Test
  void neverLetsAMessageIntoThePages() {
    Letter letter = arrive("bounces+token@send.sandbox.example", HOSTILE);

    for (String path :
        List.of("", "list", "messages/" + letter.id(), "messages/" + letter.id() + "/activity")) {
      Answer answer = get("/sandbox/" + path);
      String html = new String(answer.body(), StandardCharsets.UTF_8);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(html)
          .doesNotContain("<script>", "test/<b>", "\"onload", "</td><script")
          .doesNotContain("may <send>", "broken \"key\"");
      assertThat(answer.headers().get("Content-Security-Policy"))
          .contains("default-src 'none'", "script-src 'self'")
          .doesNotContain("unsafe");
    }
  }

  @Test
  void showsHtmlInAFrameThatRunsNothing() {
    Letter letter = arrive("", HOSTILE);

    Answer frame = get("/sandbox/messages/" + letter.id() + "/html");

    assertThat(frame.contentType()).startsWith("text/html");
    assertThat(frame.headers().get("Content-Security-Policy"))
        .startsWith("sandbox allow-popups")
        .contains("default-src 'none'")
        .doesNotContain("allow-scripts", "allow-same-origin", "script-src");
    assertThat(new String(frame.body(), StandardCharsets.UTF_8))
        .startsWith("<!doctype html>")
        .contains("<head><base target=\"_blank\">");
    assertThat(new String(get("/sandbox/messages/" + letter.id()).body(), StandardCharsets.UTF_8))
        .contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"");
  }

  @Test
  void showsChangesAndWhatHappenedToThisRecipientOnly() {
    Letter letter = arrive("bounces+token@send.sandbox.example", "Subject: as sent\r\n\r\nHi\r\n");

    String html =
        new String(get("/sandbox/messages/" + letter.id()).body(), StandardCharsets.UTF_8);

    assertThat(html)
        .contains("<div class=\"removed\">Subject: as submitted</div>")
        .contains("<div class=\"added\">Subject: as sent</div>")
        .contains("email.clicked", "https://x.test/&lt;b&gt;")
        .doesNotContain("other recipient");
  }

  @Test
  void servesItsOwnStyleAndScript() {
    assertThat(get("/sandbox/inbox.css").contentType()).startsWith("text/css");
    assertThat(get("/sandbox/inbox.js").contentType()).startsWith("text/javascript");
    assertThat(new String(get("/sandbox/").body(), StandardCharsets.UTF_8))
        .contains("No mail yet", "2587", "waybill", "anything@sandbox.example");
  }

  @Test
  void answersNotFoundForEverythingElse() {
    for (String path :
        List.of(
            "/",
            "/sandbox/messages/",
            "/sandbox/messages/not-an-id",
            "/sandbox/messages/" + EMAIL,
            "/sandbox/api/messages/" + EMAIL + "/raw",
            "/sandbox/api",
            "/sandbox/../admin.key",
            "/sandbox/messages/" + EMAIL + "/html/x")) {
      assertThat(get(path).status()).as(path).isEqualTo(404);
    }
    assertThat(routes.answer("POST", "/sandbox/").status()).isEqualTo(405);
    assertThat(get("/sandbox").headers()).containsEntry("Location", "/sandbox/");
  }

  private Letter arrive(String sender, String message) {
    return mailroom.add(
        new Arrival(
            InetAddress.ofLiteral("127.0.0.1"),
            "relay.test",
            true,
            sender,
            List.of("ada@customer.test"),
            bytes(message)),
        VERDICTS);
  }

  private Answer get(String path) {
    return routes.answer("GET", path);
  }

  private static Event event(int ordinal, EventType type, String link) {
    return new Event(
        type, Instant.EPOCH, new DeliveryKey(EMAIL, ordinal), null, null, Map.of("link", link));
  }

  private static JsonNode json(Answer answer) {
    assertThat(answer.contentType()).isEqualTo("application/json");
    return JsonMapper.builder().build().readTree(answer.body());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
