package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import org.junit.jupiter.api.Test;

class DoctorCommandTest extends CommandTest {
  private static final String PATH = "POST /domains/example.com/doctor";
  private static final String SOUND =
      check("pass", "ptr", "192.0.2.1", "relay.example, which leads back.", "", "");
  private static final String BROKEN =
      check(
          "fail",
          "spf",
          "192.0.2.1",
          "send.example.com answers softfail: \"~all\".",
          "Put the address into the one SPF policy of the return path:",
          "send.example.com. IN TXT \"v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 include:spf.example ~all\"");
  private static final String SILENT =
      check("unknown", "helo", "relay.example", "no answer", "Ask again in a while.", "");
  private static final String SILENT_TOO =
      check("unknown", "dkim", "wb1.example.com", "no answer", "Ask again in a while.", "");

  @Test
  void endsWellWhenNothingFails() {
    relay.on(PATH, 200, report("unknown", SOUND, SILENT, SILENT_TOO));

    Ran ran = shell.run("domains", "doctor", "example.com");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            STATUS   CHECK  FOUND
            pass     ptr    192.0.2.1: relay.example, which leads back.
            unknown  helo   relay.example: no answer
            unknown  dkim   wb1.example.com: no answer

            unknown  helo of relay.example, dkim of wb1.example.com
            Fix: Ask again in a while.
            """);
    assertThat(ran.err()).isEqualTo("example.com: 3 checks, 0 failed, 0 to look at, 2 unknown.\n");
  }

  @Test
  void tellsWhyAndWhatToDoAndExitsWithOne() {
    relay.on(PATH, 200, report("fail", SOUND, BROKEN));

    Ran ran =
        shell
            .with("COLUMNS", "60")
            .with("NO_COLOR", "1")
            .runOnTerminal("domains", "doctor", "example.com");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .contains(
            """
            fail  spf of 192.0.2.1
            Why: Receivers ask for it, and they ask for it in so many
                 words that the line is broken.
            Fix: Put the address into the one SPF policy of the return
                 path:
            """)
        .contains(
            "\n     send.example.com. IN TXT \"v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 include:spf.example ~all\"\n")
        .doesNotContain("\033");
    assertThat(ran.err()).startsWith("Examining example.com, which takes up to 20 seconds.");
  }

  @Test
  void isColouredOnATerminalOnly() {
    relay.on(PATH, 200, report("fail", SOUND, BROKEN));

    assertThat(shell.runOnTerminal("domains", "doctor", "example.com").out())
        .contains("\033[32mpass\033[0m", "\033[31mfail\033[0m");
    assertThat(shell.run("domains", "doctor", "example.com").out()).doesNotContain("\033");
  }

  @Test
  void givesJsonAndCsvWhole() {
    relay.on(PATH, 200, report("fail", SOUND, BROKEN));

    Ran json = shell.run("domains", "doctor", "example.com", "-o", "json");
    Ran csv = shell.run("domains", "doctor", "example.com", "-o", "csv");

    assertThat(json.code()).isEqualTo(1);
    assertThat(json.out()).startsWith("{\n  \"object\" : \"doctor_report\"");
    assertThat(csv.code()).isEqualTo(1);
    assertThat(csv.out()).startsWith("status,check,subject,found,reason,fix,paste\r\npass,ptr,");
  }

  @Test
  void showsWhatOtherHostsSaidWithoutObeyingIt() {
    relay.on(
        PATH,
        200,
        report("warn", check("warn", "outbound", "x", "554 \\u001b[2J", "Look.", "a\\u0007")));

    Ran ran = shell.runOnTerminal("domains", "doctor", "example.com");

    assertThat(ran.out()).contains("554 \\u001b[2J", "     a\\u0007").doesNotContain("\033[2J");
  }

  @Test
  void passesARefusalOn() {
    relay.on(PATH, 429, FakeRelay.error(429, "rate_limit_exceeded", "several are under way"));

    assertThat(shell.run("domains", "doctor", "example.com").code()).isEqualTo(3);
    assertThat(shell.run("domains", "doctor", "gone.example").code()).isEqualTo(5);
  }

  private static String report(String status, String... checks) {
    return """
    {"object":"doctor_report","id":"d1","name":"example.com","status":"%s","checks":[%s]}
    """
        .formatted(status, String.join(",", checks));
  }

  private static String check(
      String status, String check, String subject, String found, String fix, String paste) {
    return """
    {"check":"%s","subject":"%s","status":"%s","found":"%s","reason":"Receivers ask for it, and \
    they ask for it in so many words that the line is broken.","fix":"%s","paste":"%s"}
    """
        .formatted(check, subject, status, quoted(found), fix, quoted(paste));
  }

  private static String quoted(String text) {
    return text.replace("\"", "\\\"");
  }
}
