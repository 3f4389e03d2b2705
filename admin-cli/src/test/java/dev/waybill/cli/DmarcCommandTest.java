package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import org.junit.jupiter.api.Test;

class DmarcCommandTest extends CommandTest {
  @Test
  void whoSendsWhatPassesAndWhatFails() {
    relay.on(
        "GET /domains/example.com/dmarc?days=30&limit=100", 200, FakeRelay.file("dmarc-summary"));

    Ran ran = shell.run("dmarc", "example.com");

    assertThat(ran.out())
        .isEqualTo(
            """
            Policy      p=quarantine sp=none t=y pct=25 at _dmarc.example.com
            Reports     41 of 14 days, 2026-10-30 to 2026-11-28
            Messages    12,034: 11,990 pass, 44 fail (4 quarantined, 0 rejected)
            This relay  11,800: 11,800 pass, 0 fail (0 quarantined, 0 rejected)

            SENDER        WHOSE       MESSAGES  PASS    DKIM    SPF     FAIL  WHY
            192.0.2.10    this relay  11,800    11,800  11,800  11,790  0     -
            203.0.113.66  other       44        0       0       0       44    40: not signed, no SPF record; 4: signed by esp.example only, return path at esp.example
            (not named)   -           190       190     190     0       0     -

            REPORTER        REPORTS  MESSAGES  PASS    FAIL
            google.com      14       12,000    11,960  40
            evil\\u001b[31m  1        34        30      4

            Advice: Not enough evidence for advice: reports of 14 days (28 are needed).
            """);
    assertThat(ran.err()).isEqualTo("There are 3 more senders.\n");
    assertThat(ran.code()).isZero();
  }

  @Test
  void aDayIsNoDays() {
    relay.on(
        "GET /domains/example.com/dmarc?days=30&limit=100",
        200,
        FakeRelay.file("dmarc-summary").replace("\"days\": 14", "\"days\": 1"));

    assertThat(shell.run("dmarc", "example.com").out()).contains("Reports     41 of 1 day, 2026");
  }

  @Test
  void daysAndFormsAreAsked() {
    relay.on(
        "GET /domains/example.com/dmarc?days=90&limit=2", 200, FakeRelay.file("dmarc-summary"));

    Ran csv = shell.run("dmarc", "example.com", "--since", "90d", "--limit", "2", "-o", "csv");
    Ran json = shell.run("dmarc", "example.com", "--since", "90d", "--limit", "2", "-o", "json");

    assertThat(csv.out())
        .startsWith(
            "address,origin,messages,passed,dkim_passed,spf_passed,failed,why\r\n"
                + "192.0.2.10,this relay,11800,11800,11800,11790,0,");
    assertThat(json.out()).contains("\"verdict\" : \"not_enough_evidence\"");
    assertThat(shell.run("dmarc", "example.com", "--since", "401d").err())
        .contains("'401d' (expected: a number of days such as 30d, at most 400d)");
    assertThat(shell.run("dmarc", "example.com", "--since", "30").code()).isEqualTo(2);
  }

  @Test
  void reportsAreListed() {
    relay.on(
        "GET /domains/example.com/dmarc/reports?days=30&limit=100",
        200,
        """
        {"object":"list","has_more":false,"data":[{"object":"dmarc_report",
         "id":"01980000-0000-7000-8000-000000000001","organization":"google.com",
         "email":"x@google.com","report_id":"104","begins_at":"2026-11-25T00:00:00.000000Z",
         "ends_at":"2026-11-25T23:59:59.000000Z","received_at":"2026-11-26T01:00:00.000000Z",
         "policy_domain":"example.com","messages":1452,"passed":1421,"failed":31}]}\
        """);

    assertThat(shell.run("dmarc", "example.com", "--reports").out())
        .isEqualTo(
            """
            FROM                  TO                    REPORTER    MESSAGES  PASS   FAIL  REPORT
            2026-11-25T00:00:00Z  2026-11-25T23:59:59Z  google.com  1,452     1,421  31    104
            """);
  }

  @Test
  void nothingReportedIsSaid() {
    relay.on(
        "GET /domains/example.com/dmarc?days=30&limit=100",
        200,
        """
        {"object":"dmarc_summary","id":"01980000-0000-7000-8000-000000000001","name":"example.com",
         "from":"2026-10-30","to":"2026-11-28","policy":null,"reports":0,"days":0,"sender_count":0,
         "totals":{"messages":0,"passed":0,"failed":0,"dkim_passed":0,"spf_passed":0,
                   "quarantined":0,"rejected":0},
         "relay":{"messages":0,"passed":0,"failed":0,"dkim_passed":0,"spf_passed":0,
                  "quarantined":0,"rejected":0},
         "senders":[],"reporters":[],"advice":{"verdict":"not_enough_evidence",
         "text":"Not enough evidence for advice: there are no reports."}}\
        """);

    assertThat(shell.run("dmarc", "example.com").out())
        .startsWith("Policy      not known: no report says which one was found\n")
        .endsWith("\n\nAdvice: Not enough evidence for advice: there are no reports.\n")
        .doesNotContain("SENDER");
  }
}
