package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest extends CommandTest {
  @Test
  void aDeadPortIsCannotReach() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    Ran ran = shell.run("status", "--url", "http://127.0.0.1:" + port);

    assertThat(ran)
        .isEqualTo(
            new Ran(
                4,
                "",
                "waybillctl: cannot reach http://127.0.0.1:"
                    + port
                    + ": connection refused\n"
                    + "Is the relay running there? Name another address with --url or"
                    + " WAYBILL_URL.\n"));
  }

  @Test
  void anUnknownHostIsCannotReach() {
    Ran ran = shell.run("status", "--url", "http://no-such-host.invalid:8081");

    assertThat(ran.code()).isEqualTo(4);
    assertThat(ran.err()).contains("http://no-such-host.invalid:8081: the host name is unknown");
  }

  @Test
  void plainTextBehindHttpsIsCannotReach() throws IOException {
    try (ServerSocket socket = serving("HTTP/1.1 400 Bad Request\r\n\r\n")) {
      Ran ran = shell.run("status", "--url", "https://127.0.0.1:" + socket.getLocalPort());

      assertThat(ran.code()).isEqualTo(4);
      assertThat(ran.err()).contains("no TLS connection: ").contains("Is the address https");
    }
  }

  @Test
  void aConnectionThatBreaksIsCannotReach() throws IOException {
    try (ServerSocket socket = serving("HTTP/1.1 200 OK\r\nContent-")) {
      Ran ran = shell.run("status", "--url", "http://127.0.0.1:" + socket.getLocalPort());

      assertThat(ran.code()).isEqualTo(4);
      assertThat(ran.err()).contains("the connection broke: ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, missing_api_key, 3, waybillctl login",
    "403, restricted_api_key, 3, full_access",
    "404, not_found, 5, not found",
    "409, validation_error, 3, refused",
    "422, validation_error, 3, refused",
    "429, rate_limit_exceeded, 3, try again",
    "500, internal_server_error, 1, log says why"
  })
  void everyErrorOfTheApiHasItsExitCode(int status, String name, int code, String advice) {
    relay.on("GET /status", status, FakeRelay.error(status, name, "The words of the relay"));

    Ran ran = shell.run("status");

    assertThat(ran.code()).isEqualTo(code);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains("GET /status: The words of the relay (" + status + " " + name + ")")
        .contains(advice);
    assertThat(ran.err().lines().count()).isLessThanOrEqualTo(2);
  }

  @Test
  void aWrongKeyIsRefusedAndNotRepeated() {
    Ran ran = shell.with("WAYBILL_API_KEY", "wb_wrong").run("status");

    assertThat(ran.code()).isEqualTo(3);
    assertThat(ran.err())
        .isEqualTo(
            "waybillctl: the relay refused GET /status: API key is invalid (403 invalid_api_key)\n"
                + "Give a valid key with --api-key-file FILE or WAYBILL_API_KEY, or run: waybillctl"
                + " login\n");
  }

  @Test
  void anotherServerIsRecognised() {
    relay
        .on("GET /status", 200, "text/html", "<html>\033[2J")
        .on("GET /queue", 502, "text/html", "<html>Bad Gateway</html>")
        .on("GET /domains/a", 200, "[]")
        .on("GET /domains?limit=100", 200, "{}");

    Ran html = shell.run("status");
    Ran gateway = shell.run("queue", "summary");
    Ran array = shell.run("domains", "show", "a");
    Ran noList = shell.run("domains", "list");

    assertThat(html.code()).isEqualTo(1);
    assertThat(html.err()).contains("is no JSON object: <html>\\u001b[2J").contains("--url");
    assertThat(gateway.code()).isEqualTo(1);
    assertThat(gateway.err()).contains("HTTP status 502").contains("Is this the admin API?");
    assertThat(array.code()).isEqualTo(1);
    assertThat(noList.err()).contains("answered without a list");
  }

  @Test
  void aRedirectionIsNotFollowedWithTheKey() {
    relay.on("GET /status", 302, "");

    Ran ran = shell.run("status");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(relay.lines()).containsExactly("GET /status");
  }

  @Test
  void anEndlessAnswerIsCutOff() {
    relay.on("GET /status", 200, "{\"a\":\"" + "x".repeat(16 * 1024 * 1024) + "\"}");

    Ran ran = shell.run("status");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("answered more than 16 MiB");
  }

  @Test
  void withoutAKeyNothingIsSent() throws IOException {
    Shell stranger = new Shell(home).with("WAYBILL_URL", relay.url());
    Path empty = Files.createFile(home.resolve("empty"));
    Path twoLines = Files.writeString(home.resolve("two"), "wb_a\nwb_b\n");

    Ran none = stranger.run("status");
    Ran nothing = stranger.run("status", "--api-key-file", empty.toString());
    Ran two = stranger.run("status", "--api-key-file", twoLines.toString());
    Ran absent = stranger.run("status", "--api-key-file", "/no/such/file");

    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("no API key: give --api-key-file FILE").contains("admin.key");
    assertThat(nothing.err()).contains(empty + ": it is empty");
    assertThat(two.code()).isEqualTo(2);
    assertThat(two.err()).contains("expected: one line").doesNotContain("wb_");
    assertThat(absent.err()).contains("there is no file /no/such/file");
    assertThat(relay.lines()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "relay:8081",
        "ftp://relay",
        "http://",
        "http://a b",
        "http://r?x=1",
        "http://r:99999"
      })
  void anAddressThatIsNoneIsUsage(String url) {
    Ran ran = shell.run("status", "--url", url);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("--url: " + url + " (expected: http://HOST:PORT");
  }

  @Test
  void aPasswordInAnAddressIsNotRepeated() {
    assertThat(shell.run("status", "--url", "http://user:hunter2@relay").err())
        .doesNotContain("hunter2");
  }

  @Test
  void anAddressMayHaveAPath() {
    relay.on("GET /waybill/status", 200, FakeRelay.file("status"));

    assertThat(shell.run("status", "--url", relay.url() + "/waybill/").code()).isZero();
  }

  /// Accepts one connection, reads once, writes this much and hangs up.
  private static ServerSocket serving(String text) throws IOException {
    ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    // each time anew: a client may try again when its connection breaks
    Thread.ofVirtual()
        .start(() -> {
          while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
              if (connection.getInputStream().read(new byte[8192]) > 0) {
                connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
              }
            } catch (IOException e) {
              if (!socket.isClosed() && !(e instanceof SocketException)) {
                throw new UncheckedIOException(e);
              }
            }
          }
        });
    return socket;
  }
}
