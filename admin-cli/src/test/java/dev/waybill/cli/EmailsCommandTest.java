package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import org.junit.jupiter.api.Test;

/// What `emails` shows of answers that a real relay gives seldom.
class EmailsCommandTest extends CommandTest {
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

  @Test
  void tracesAMessageInItsOrder() {
    relay.on(
        "GET /emails/a/trace",
        200,
        """
        {"object":"email_trace","id":"a","from":"app@here.example","subject":"Hi","created_at":"2026-11-28T10:00:00.000000Z",
         "scheduled_at":null,"domain":"here.example","stream":"transactional","tag":null,"metadata":{"order":"7"},
         "envelope":{"received":"from unknown","envelope_from":"owner@here.example","return_path_domain":"send.here.example","size":1024,"eight_bit":true,
         "smtp_utf8":false,"tls_required":"yes","recipients":1},"admission":[{"decision":"opens","outcome":"not counted"}],"omitted":3,
         "recipients":[{"email":"ann@there.example","state":"deferred","reason":"throttled","explanation":"Later: 451 no",
         "next_attempt_at":"2026-11-28T10:05:00.000000Z","last_reply":"451 no","dkim_selectors":[],"signed_at":null,
         "attempts":[{"number":1,"at":"2026-11-28T10:00:00.100000Z","duration_ms":1204,"outcome":"deferred","reply":"451 no",
          "cut":true,"transcript":[
          {"part":"earlier_connection","offset_ms":-9000,"lines":[{"ms":0,"speaker":"relay","text":"connected"}]},
          {"part":"transaction","offset_ms":1,"lines":[{"ms":0,"speaker":"client","text":"MAIL FROM:<x>"},
          {"ms":12,"speaker":"server","text":"451 no\\u001b[2J"}]}]},
          {"number":2,"at":"2026-11-28T10:01:00.000000Z","duration_ms":null,"outcome":"deferred","reply":"","cut":false,
          "transcript":null}],
         "events":[{"id":"1","type":"email.sent","created_at":"2026-11-28T10:00:00.000000Z","data":{"domain":"here.example"}},
          {"id":"2","type":"email.delivery_delayed","created_at":"2026-11-28T10:00:01.304000Z","data":{"attempt":"1"}}]}]}\
        """);
    Ran ran = shell.run("emails", "trace", "a");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            Id            a
            Subject       Hi
            From          app@here.example
            Accepted      2026-11-28T10:00:00Z
            Came in       from unknown
            Sent as       owner@here.example
            Return path   bounces+<token>@send.here.example
            Size          1,024 bytes as submitted, 8-bit
            TLS           required on all of its way (REQUIRETLS)
            Recipients    1
            Stream        transactional
            Metadata      order=7
            Admission     opens       not counted

            Recipient     ann@there.example
            State         deferred (throttled)
            Why           Later: 451 no
            Next attempt  2026-11-28T10:05:00Z

            2026-11-28T10:00:00Z  email.sent
                domain=here.example

            2026-11-28T10:00:00Z  attempt 1  deferred after 1204 ms
                451 no
                earlier parts were too long to be kept
                -- a connection that stood already, opened 9,000 ms before
                    0 ms  *  connected
                -- transaction, 1 ms into the attempt
                    0 ms  C: MAIL FROM:<x>
                   12 ms  S: 451 no\\u001b[2J

            2026-11-28T10:00:01Z  email.delivery_delayed
                attempt=1

            2026-11-28T10:01:00Z  attempt 2  deferred
                no transcript is kept of it
            """);
    assertThat(ran.err()).contains("3 more recipients are not shown; see one with --rcpt ADDRESS.");
  }

  @Test
  void saysWhereTheMailBehindABounceIs() {
    relay.on(
        "GET /emails/a",
        200,
        """
        {"object":"email","id":"a","size":1,"recipients":[],"events":[
         {"id":"7","type":"email.bounced","created_at":"2026-11-28T10:00:00Z","data":{"reply":"550 no","attempt":"1"}},
         {"id":"8","type":"email.bounced","created_at":"2026-11-28T10:00:00Z","data":{"diagnostic":"550 no"}}]}\
        """);
    assertThat(shell.run("emails", "show", "a").err())
        .isEqualTo("The mail behind email.bounced: waybillctl events report 8\n");
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
