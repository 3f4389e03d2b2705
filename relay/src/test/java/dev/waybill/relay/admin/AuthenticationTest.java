package dev.waybill.relay.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.access.KeyGuard;
import dev.waybill.relay.http.Headers;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.http.Target;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticationTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private final AtomicLong nanos = new AtomicLong();
  private final Authentication authentication =
      new Authentication(new KeyGuard(AuthenticationTest::key, nanos::get));
  private final Route guarded =
      authentication.guard(Route.get("/queue", _ -> Response.text(200, "inside")));

  @ParameterizedTest
  @ValueSource(strings = {"Bearer full", "bearer full", "BEARER   full "})
  void letsAFullAccessKeyIn(String field) throws Exception {
    assertThat(text(ask(field, "192.0.2.1"))).isEqualTo("inside");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Bearer ", "Basic full", "full", "Bearerfull"})
  void asksForAKey(String field) throws Exception {
    Response answer = ask(field, "192.0.2.1");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(text(answer)).contains("\"missing_api_key\"");
    assertThat(answer.headers()).containsEntry("WWW-Authenticate", "Bearer");
  }

  @Test
  void refusesAKeyThatMayOnlySend() throws Exception {
    Response answer = ask("Bearer sending", "192.0.2.1");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(text(answer)).contains("\"restricted_api_key\"").doesNotContain("inside");
  }

  @Test
  void refusesUnknownAndOverlongKeysAlike() throws Exception {
    for (String token : List.of("wrong", "full".repeat(1_000))) {
      Response answer = ask("Bearer " + token, "192.0.2.1");

      assertThat(answer.status()).isEqualTo(403);
      assertThat(text(answer)).contains("\"invalid_api_key\"").doesNotContain(token);
    }
  }

  @Test
  void asksAnAddressThatGuessesToPauseAndStillTakesTheRightKey() throws Exception {
    assertThat(ask("Bearer wrong", "192.0.2.1").status()).isEqualTo(403);
    assertThat(ask("Bearer wrong", "192.0.2.1").status()).isEqualTo(403);

    Response answer = ask("Bearer wrong", "192.0.2.1");

    assertThat(answer.status()).isEqualTo(429);
    assertThat(text(answer)).contains("\"rate_limit_exceeded\"");
    assertThat(answer.headers()).containsEntry("Retry-After", "2");
    assertThat(ask("Bearer wrong", "192.0.2.2").status()).isEqualTo(403);
    assertThat(ask("Bearer full", "192.0.2.1").status()).isEqualTo(200);
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(ask("Bearer wrong", "192.0.2.1").status()).isEqualTo(403);
  }

  private static Optional<ApiKey> key(String token) {
    return switch (token) {
      case "full" -> Optional.of(key(ApiKey.Permission.FULL_ACCESS));
      case "sending" -> Optional.of(key(ApiKey.Permission.SENDING_ACCESS));
      default -> Optional.empty();
    };
  }

  private static ApiKey key(ApiKey.Permission permission) {
    return new ApiKey(new UUID(1, 2), "shop", permission, ApiKey.Sending.ANYTHING, NOON);
  }

  private Response ask(String field, String address) throws UnknownHostException {
    Request request =
        new Request(
            "GET",
            Target.parse("/queue").orElseThrow(),
            new Headers(field.isEmpty() ? Map.of() : Map.of("authorization", List.of(field))),
            new byte[0],
            InetAddress.getByName(address),
            Map.of());
    return guarded.handler().handle(request);
  }

  private static String text(Response response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
