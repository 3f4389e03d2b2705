package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.waybill.relay.testing.RawSmtpClient;
import dev.waybill.relay.testing.RunningSubmission;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Time, number and secrecy: what the library under this door does not bound by itself.
class SessionLimitsTest {
  private static final String MESSAGE = "From: app@example.org\r\n\r\nhello\r\n.\r\n";
  private static final SubmissionSettings.Limits LIMITS = RunningSubmission.limits(3, 2, 2);

  @TempDir Path folder;

  @Test
  void cutsASilentClientWithAReply() throws IOException {
    try (RunningSubmission relay = start(300, 10_000, 10_000, 10_000);
        RawSmtpClient client = relay.connect()) {
      client.reply();
      assertThat(client.reply()).startsWith("421 4.4.2");
      assertThat(client.reply()).isEmpty();
    }
  }

  @Test
  void cutsAClientThatTricklesACommand() throws IOException {
    try (RunningSubmission relay = start(10_000, 500, 10_000, 10_000);
        RawSmtpClient client = relay.connect()) {
      client.reply();
      CompletableFuture<Void> trickle = trickle(client, "N");
      assertThat(client.reply()).startsWith("421 4.4.2");
      trickle.join();
    }
  }

  @Test
  void cutsAClientThatTricklesAMessage() throws IOException {
    try (RunningSubmission relay = start(10_000, 10_000, 500, 10_000);
        RawSmtpClient client = relay.authenticated()) {
      client.begin("bob@far.test");
      CompletableFuture<Void> trickle = trickle(client, "x\r\n");
      assertThat(client.reply()).startsWith("421 4.4.2");
      trickle.join();
      await().atMost(10, TimeUnit.SECONDS).until(() -> relay.counted("aborted") == 1);
      assertThat(relay.accepted()).isEmpty();
    }
  }

  @Test
  void cutsAClientThatNeverShakesHands() throws IOException {
    try (RunningSubmission relay = start(60_000, 60_000, 60_000, 300);
        RawSmtpClient client = RawSmtpClient.connect(relay.server().tlsPort())) {
      await().atMost(10, TimeUnit.SECONDS).until(() -> relay.connections() == 0);
      assertThat(client.repliesToTheEnd()).noneMatch(reply -> reply.startsWith("220"));
    }
  }

  @Test
  void cutsAClientThatReadsNoReplies() throws IOException {
    try (RunningSubmission relay = start(1_000, 60_000, 60_000, 10_000);
        RawSmtpClient client = relay.connect()) {
      CompletableFuture<Void> flood =
          CompletableFuture.runAsync(() -> {
            try {
              byte[] commands = "HELP\r\n".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
              for (int i = 0; i < 10_000; i++) {
                client.send(commands);
              }
            } catch (IOException cut) {
              // that is what the test waits for
            }
          });
      await().atMost(30, TimeUnit.SECONDS).until(() -> relay.connections() == 0);
      flood.join();
    }
  }

  @Test
  void endsASessionThatHasLastedLongEnough() throws IOException {
    try (RunningSubmission relay = start(300_000, 10_000, 600_000, 10_000);
        RawSmtpClient client = relay.authenticated()) {
      client.begin("bob@far.test");
      relay.pass(Duration.ofMinutes(4));
      client.send(MESSAGE);
      assertThat(client.reply()).startsWith("250 2.0.0 Queued");
      assertThat(client.reply()).startsWith("421 4.4.2 The session has lasted long enough");
      assertThat(client.reply()).isEmpty();
    }
  }

  @Test
  void endsAConnectionThatHasCarriedItsMessages() throws IOException {
    try (RunningSubmission relay =
            RunningSubmission.start(
                folder, settings -> RunningSubmission.with(settings, LIMITS, settings.timeouts()));
        RawSmtpClient client = relay.authenticated()) {
      for (int message = 0; message < 2; message++) {
        assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("250");
      }
      assertThat(client.ask("MAIL FROM:<app@example.org>")).startsWith("421 4.7.0");
      assertThat(client.reply()).isEmpty();
      assertThat(relay.accepted()).hasSize(2);
    }
  }

  @Test
  void turnsSurplusConnectionsAway() throws IOException {
    try (RunningSubmission relay =
        RunningSubmission.start(
            folder, settings -> RunningSubmission.with(settings, LIMITS, settings.timeouts()))) {
      List<RawSmtpClient> clients = new ArrayList<>();
      try {
        for (int i = 0; i < 2; i++) {
          RawSmtpClient client = relay.connect();
          clients.add(client);
          assertThat(client.reply()).startsWith("220");
        }
        try (RawSmtpClient surplus = relay.connect()) {
          assertThat(surplus.repliesToTheEnd())
              .containsExactly("421 4.3.2 Too many connections, try again later");
        }
        assertThat(relay.connections()).isEqualTo(2);
        clients.getFirst().ask("QUIT");
        await().atMost(10, TimeUnit.SECONDS).until(() -> relay.connections() == 1);
        try (RawSmtpClient next = relay.connect()) {
          assertThat(next.reply()).startsWith("220");
        }
      } finally {
        for (RawSmtpClient client : clients) {
          client.close();
        }
      }
    }
  }

  @Test
  void boundsCommandLinesAndNeverTakesABareLineEndForOne() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder)) {
      try (RawSmtpClient client = relay.authenticated()) {
        assertThat(client.ask("NOOP " + "x".repeat(1_000))).startsWith("250");
        assertThat(client.ask("NOOP " + "x".repeat(3_000))).startsWith("500 5.5.2");
        assertThat(client.ask("NOOP " + "x".repeat(50_000))).startsWith("500 5.5.2");
        assertThat(client.ask("NOOP \0")).startsWith("500 5.5.2");
        assertThat(client.ask("NOOP \u00ff")).startsWith("500 5.5.2");
        assertThat(client.ask("NOOP")).startsWith("250");
      }
      for (String bad : List.of("NOOP\nNOOP\r\n", "NOOP\rNOOP\r\n", "NOOP\r\r\n", "\n")) {
        try (RawSmtpClient client = relay.authenticated()) {
          client.send(bad);
          assertThat(client.repliesToTheEnd())
              .containsExactly("500 5.5.2 A line must end with CR LF");
        }
      }
      try (RawSmtpClient client = relay.authenticated()) {
        client.send("x".repeat(200_000));
        assertThat(client.repliesToTheEnd()).hasSize(1);
      }
    }
  }

  @Test
  void logsNoSecretAtAnyLevel() throws IOException {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    // some loggers have levels of their own, which would hide what they log below them
    Map<Logger, Level> before = new HashMap<>();
    for (Logger logger : root.getLoggerContext().getLoggerList()) {
      if (logger.getLevel() != null) {
        before.put(logger, logger.getLevel());
      }
    }
    try (RunningSubmission relay = RunningSubmission.start(folder)) {
      lines.start();
      root.addAppender(lines);
      before.keySet().forEach(logger -> logger.setLevel(Level.TRACE));
      try (RawSmtpClient client = relay.authenticated()) {
        assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("250");
        client.ask("QUIT");
      }
      await().atMost(10, TimeUnit.SECONDS).until(() -> relay.connections() == 0);
      assertThat(List.copyOf(lines.list))
          .isNotEmpty()
          .extracting(ILoggingEvent::getFormattedMessage)
          .noneMatch(line -> line.contains(RawSmtpClient.plain(relay.token())))
          .noneMatch(line -> line.contains(relay.token()))
          .noneMatch(line -> line.contains("hello"));
    } finally {
      before.forEach(Logger::setLevel);
      root.detachAppender(lines);
    }
  }

  @Test
  void removesWhatACrashLeftInTheSpoolAndNothingElse() throws IOException {
    Path spool = Files.createDirectories(folder.resolve("spool"));
    Files.writeString(spool.resolve("submission-123.eml"), "half a message");
    Path foreign = Files.writeString(spool.resolve("notes.txt"), "somebody's");
    try (RunningSubmission relay = RunningSubmission.start(folder)) {
      assertThat(relay.spooled()).isEqualTo(1);
      assertThat(foreign).exists();
    }
  }

  @Test
  void turnsALargeMessageAwayForNowWhenTheSpoolIsGone() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder);
        RawSmtpClient client = relay.authenticated()) {
      Files.delete(folder.resolve("spool"));
      String large = "From: app@example.org\r\n\r\n" + ("x".repeat(998) + "\r\n").repeat(1_500);
      assertThat(client.submit("bob@far.test", large + ".\r\n")).startsWith("452 4.3.1");
      assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("250");
      assertThat(relay.counted("storage")).isEqualTo(1);
    }
  }

  @Test
  void stopsGracefully() throws Exception {
    try (RunningSubmission relay = RunningSubmission.start(folder)) {
      int port = relay.server().port();
      try (RawSmtpClient idle = relay.authenticated();
          RawSmtpClient busy = relay.authenticated()) {
        busy.begin("bob@far.test");
        busy.send("From: app@example.org\r\n");
        assertThat(relay.connections()).isEqualTo(2);
        CompletableFuture<Void> stopped =
            CompletableFuture.runAsync(() -> relay.server().stop(Duration.ofSeconds(20)));
        assertThat(idle.repliesToTheEnd()).last().asString().startsWith("421 4.3.2");
        busy.send("\r\nhello\r\n.\r\n");
        assertThat(busy.reply()).startsWith("250 2.0.0 Queued as ");
        assertThat(busy.reply()).startsWith("421 4.3.2");
        stopped.get(20, TimeUnit.SECONDS);
      }
      assertThat(relay.accepted()).hasSize(1);
      assertThat(catchThrowable(() -> RawSmtpClient.connect(port))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void cutsWhatIsLeftAfterTheGrace() throws Exception {
    try (RunningSubmission relay = RunningSubmission.start(folder)) {
      relay.acceptor(_ -> new CompletableFuture<>());
      try (RawSmtpClient stuck = relay.authenticated();
          RawSmtpClient slow = relay.authenticated()) {
        stuck.begin("bob@far.test");
        stuck.send(MESSAGE);
        slow.begin("bob@far.test");
        CompletableFuture<Void> stopped =
            CompletableFuture.runAsync(() -> relay.server().stop(Duration.ofMillis(200)));
        stopped.get(30, TimeUnit.SECONDS);
        assertThat(stuck.reply()).startsWith("421 4.3.2");
        assertThat(relay.connections()).isZero();
        assertThat(relay.accepted()).isEmpty();
      }
    }
  }

  private RunningSubmission start(int idle, int command, int data, int handshake)
      throws IOException {
    SubmissionSettings.Timeouts timeouts =
        new SubmissionSettings.Timeouts(
            Duration.ofMillis(idle),
            Duration.ofMillis(command),
            Duration.ofMillis(data),
            Duration.ofMillis(handshake),
            Duration.ofMinutes(3));
    return RunningSubmission.start(
        folder, settings -> RunningSubmission.with(settings, settings.limits(), timeouts));
  }

  /// Writes the text every 50 ms until the server has had enough.
  private static CompletableFuture<Void> trickle(RawSmtpClient client, String text) {
    return CompletableFuture.runAsync(() ->
        await()
            .pollInterval(Duration.ofMillis(50))
            .atMost(20, TimeUnit.SECONDS)
            .until(() -> {
              try {
                client.send(text);
                return false;
              } catch (IOException cut) {
                return true;
              }
            }));
  }
}
