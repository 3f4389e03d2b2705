package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.RawSmtpClient;
import dev.waybill.relay.testing.RunningSubmission;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticationTest {
  @TempDir Path folder;

  @Test
  void takesPlainAndLoginInOneStepAndInTwo() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder)) {
      String plain = RawSmtpClient.plain(relay.token());
      for (List<String> dialogue :
          List.of(
              List.of("AUTH PLAIN " + plain),
              List.of("auth plain", plain),
              List.of("AUTH LOGIN", base64("waybill"), base64(relay.token())),
              List.of("AUTH LOGIN " + base64("waybill"), base64(relay.token())),
              List.of("AUTH LOGIN =", base64(relay.token())))) {
        try (RawSmtpClient client = greeted(relay)) {
          for (String line : dialogue.subList(0, dialogue.size() - 1)) {
            assertThat(client.ask(line)).startsWith("334 ");
          }
          assertThat(client.ask(dialogue.getLast())).isEqualTo("235 2.7.0 Authenticated");
          assertThat(client.ask("MAIL FROM:<>")).startsWith("250");
          assertThat(client.ask("AUTH PLAIN")).startsWith("503 5.5.1");
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AUTH PLAIN !!! | 501 5.5.2",
        "AUTH PLAIN = | 501 5.5.2",
        "AUTH PLAIN d3JvbmcgZm9ybQ== | 501 5.5.2",
        "AUTH PLAIN AHdheWJpbGwAd2JfeA== | 535 5.7.8",
        "AUTH CRAM-MD5 | 504 5.5.4",
        "AUTH | 501 5.5.4",
      })
  void refuses(String command, String expected) throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder);
        RawSmtpClient client = greeted(relay)) {
      assertThat(client.ask(command)).startsWith(expected);
      assertThat(client.ask("MAIL FROM:<>")).startsWith("530 5.7.0");
    }
  }

  @Test
  void canBeCancelled() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder);
        RawSmtpClient client = greeted(relay)) {
      client.ask("AUTH LOGIN");
      assertThat(client.ask("*")).startsWith("501 5.7.0");
      assertThat(client.ask("NOOP")).startsWith("250");
    }
  }

  @Test
  void takesLongResponsesAndRefusesLongerOnes() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder);
        RawSmtpClient client = greeted(relay)) {
      String user = "u".repeat(8_000);
      String response = base64("\0" + user + "\0" + relay.token());
      assertThat(response).hasSizeBetween(10_000, 12_200);
      assertThat(client.ask("AUTH PLAIN " + "A".repeat(13_000))).startsWith("500 5.5.2");
      assertThat(client.ask("AUTH PLAIN")).startsWith("334");
      assertThat(client.ask("A".repeat(12_289))).startsWith("500 5.5.6");
      assertThat(client.ask("AUTH PLAIN " + response)).startsWith("235");
    }
  }

  @Test
  void needsTlsOutsideAllowedNetworks() throws IOException {
    try (RunningSubmission relay =
        RunningSubmission.start(
            folder,
            settings ->
                RunningSubmission.withNetworks(
                    settings, new SubmissionSettings.Networks(List.of(), List.of(), List.of())))) {
      try (RawSmtpClient client = relay.connect()) {
        client.reply();
        assertThat(client.ask("EHLO app.test")).doesNotContain("AUTH");
        assertThat(client.ask("AUTH PLAIN " + RawSmtpClient.plain(relay.token())))
            .startsWith("538 5.7.11");
        client.ask("STARTTLS");
        client.startTls();
        assertThat(client.ask("EHLO app.test")).contains("AUTH").doesNotContain("STARTTLS");
        assertThat(client.ask("AUTH PLAIN " + RawSmtpClient.plain(relay.token())))
            .startsWith("235");
      }
    }
  }

  @Test
  void letsTrustedNetworksSubmitWithoutIt() throws IOException {
    try (RunningSubmission relay =
            RunningSubmission.start(
                folder,
                settings ->
                    RunningSubmission.withNetworks(
                        settings,
                        new SubmissionSettings.Networks(
                            List.of(),
                            SubmissionSettings.Networks.defaults().allowPlaintextAuth(),
                            List.of())));
        RawSmtpClient client = relay.connect()) {
      client.reply();
      client.ask("HELO app.test");
      assertThat(client.submit("bob@far.test", "From: a@example.org\r\n\r\n.\r\n"))
          .startsWith("250");
      assertThat(relay.accepted().getFirst().acceptance().facts().received())
          .startsWith("from app.test ([private]) by relay.test with SMTP id ");
    }
  }

  @Test
  void makesGuessingSlowAndEndsIt() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder)) {
      int guesses = 0;
      for (int session = 0; session < 4; session++) {
        try (RawSmtpClient client = greeted(relay)) {
          String reply;
          do {
            reply = client.ask("AUTH PLAIN " + RawSmtpClient.plain("wb_wrong"));
            guesses++;
          } while (reply.startsWith("535"));
          assertThat(reply).startsWith("421 4.7.0");
          assertThat(client.reply()).isEmpty();
        }
      }
      assertThat(guesses).isLessThanOrEqualTo(20);
      assertThat(relay.pauses().stream().map(AuthenticationTest::seconds))
          .startsWith(1L, 2L, 4L, 8L, 16L);
      assertThat(relay.pauses().stream().mapToLong(AuthenticationTest::seconds).sum())
          .isLessThanOrEqualTo(guesses * 30L);
    }
  }

  @Test
  void keepsAKeyThatWasRightHereFromWaiting() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder);
        RawSmtpClient before = greeted(relay)) {
      assertThat(before.ask("AUTH PLAIN " + RawSmtpClient.plain(relay.token()))).startsWith("235");
      for (int guess = 0; guess < 8; guess++) {
        try (RawSmtpClient client = greeted(relay)) {
          client.ask("AUTH PLAIN " + RawSmtpClient.plain("wb_wrong"));
        }
      }
      int pauses = relay.pauses().size();
      try (RawSmtpClient client = greeted(relay)) {
        assertThat(client.ask("AUTH PLAIN " + RawSmtpClient.plain(relay.token())))
            .startsWith("235");
      }
      assertThat(relay.pauses()).hasSize(pauses);
    }
  }

  @Test
  void aRemovedKeyStopsWorkingWithinASession() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder);
        RawSmtpClient client = relay.authenticated()) {
      assertThat(client.submit("bob@far.test", "From: a@example.org\r\n\r\n.\r\n"))
          .startsWith("250");
      relay.keys().remove(relay.key().id());
      assertThat(client.ask("MAIL FROM:<>")).startsWith("530 5.7.0");
    }
  }

  private static RawSmtpClient greeted(RunningSubmission relay) throws IOException {
    RawSmtpClient client = relay.connect();
    assertThat(client.reply()).startsWith("220");
    assertThat(client.ask("EHLO app.test")).startsWith("250");
    return client;
  }

  private static long seconds(Duration pause) {
    return pause.plusMillis(999).toSeconds();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
