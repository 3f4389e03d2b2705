package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.testing.RawSmtpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Keys that may submit to so many recipients a minute or a day.
class KeyLimitsTest extends OneDoorForAll {
  private static final String MESSAGE = "From: app@example.org\r\n\r\nhello\r\n.\r\n";
  private static final String MINUTE =
      "450 4.7.1 The API key has used up its recipients of a minute, try again in ";
  private static final String DAY =
      "450 4.7.1 The API key has used up its recipients of this day (UTC), try again tomorrow";

  @Test
  void takesWhatIsLeftOfAMinuteAndDefersTheRest() throws IOException {
    try (RawSmtpClient client = authenticated(2, 0)) {
      client.begin("bob@far.test");
      client.send(MESSAGE);
      assertThat(client.reply()).startsWith("250 2.0.0 Queued");
      client.ask("MAIL FROM:<app@example.org>");
      assertThat(client.ask("RCPT TO:<bob@far.test>")).startsWith("250");
      assertThat(client.ask("RCPT TO:<ann@far.test>")).isEqualTo(MINUTE + "30 s");
      assertThat(client.ask("RCPT TO:<bob@far.test>")).startsWith("250");
      client.ask("DATA");
      client.send(MESSAGE);
      assertThat(client.reply()).startsWith("250 2.0.0 Queued");
      assertThat(relay.accepted().getLast().acceptance().recipients()).hasSize(1);
      relay.pass(Duration.ofSeconds(30));
      assertThat(client.submit("ann@far.test", MESSAGE)).startsWith("250");
    }
  }

  @Test
  void countsOnlyWhatWasAccepted() throws IOException {
    try (RawSmtpClient client = authenticated(0, 1)) {
      client.begin("bob@far.test");
      client.send("From: app@stranger.test\r\n\r\n.\r\n");
      assertThat(client.reply()).startsWith("550 5.7.1");
      client.ask("MAIL FROM:<app@example.org>");
      client.ask("RCPT TO:<bob@far.test>");
      client.ask("RSET");
      relay.acceptor(_ -> CompletableFuture.failedFuture(new IllegalStateException("no")));
      client.begin("bob@far.test");
      client.send(MESSAGE);
      assertThat(client.reply()).startsWith("451 ");
      relay.reset();
      client.begin("bob@far.test");
      client.send(MESSAGE);
      assertThat(client.reply()).startsWith("250 2.0.0 Queued");
      client.ask("MAIL FROM:<app@example.org>");
      assertThat(client.ask("RCPT TO:<bob@far.test>")).isEqualTo(DAY);
      assertThat(client.ask("DATA")).startsWith("503 ");
    }
  }

  @Test
  void givesBackWhatACutConnectionTook() throws IOException {
    ApiKey.Sending limits = new ApiKey.Sending(Set.of(), null, 0, 1);
    String token = relay.keys().create("cut", ApiKey.Permission.SENDING_ACCESS, limits).token();
    try (RawSmtpClient client = relay.connect().authenticated(token)) {
      client.begin("bob@far.test");
      client.send("From: app@example.org\r\n");
    }
    await().until(() -> relay.connections() == 0);
    try (RawSmtpClient client = relay.connect().authenticated(token)) {
      assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("250");
    }
  }

  private RawSmtpClient authenticated(int perMinute, int perDay) throws IOException {
    ApiKey.Sending limits = new ApiKey.Sending(Set.of(), null, perMinute, perDay);
    return relay
        .connect()
        .authenticated(
            relay.keys().create("limited", ApiKey.Permission.SENDING_ACCESS, limits).token());
  }
}
