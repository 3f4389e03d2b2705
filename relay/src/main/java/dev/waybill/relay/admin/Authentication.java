package dev.waybill.relay.admin;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.access.KeyGuard;
import dev.waybill.relay.http.Handler;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import java.time.Duration;
import java.util.Optional;

/// Lets a request through when it carries a full-access key (`Authorization: Bearer`, RFC 6750
/// §2.1).
///
/// Any thread may use it. A right key always passes, whatever else comes from its address: keys are
/// too long to be guessed, and one program with an old key must not lock the operator out.
final class Authentication {
  private static final String SCHEME = "bearer ";
  private static final int MAX_TOKEN = 256;

  private final KeyGuard keys;

  Authentication(KeyGuard keys) {
    this.keys = keys;
  }

  /// The same route behind the check.
  Route guard(Route route) {
    Handler inner = route.handler();
    return new Route(
        route.method(), route.pattern(), request -> handle(request, inner), route.inline());
  }

  private Response handle(Request request, Handler inner) {
    Optional<String> token = request.header("authorization").flatMap(Authentication::token);
    if (token.isEmpty()) {
      return Json.problem(
              new Problem(
                  401,
                  "missing_api_key",
                  "the Authorization header field is missing (expected: Bearer <API key>)"))
          .with("WWW-Authenticate", "Bearer");
    }
    Optional<ApiKey> key =
        token.get().length() <= MAX_TOKEN ? keys.find(token.get()) : Optional.empty();
    if (key.isEmpty()) {
      return wrongKey(request);
    }
    return switch (key.get().permission()) {
      case FULL_ACCESS -> inner.handle(request);
      case SENDING_ACCESS ->
          Json.problem(
              new Problem(
                  403,
                  "restricted_api_key",
                  "the API key \"%s\" may only send mail (expected: a full_access key)"
                      .formatted(key.get().name())));
    };
  }

  private Response wrongKey(Request request) {
    Duration pause = keys.failed(request.remote());
    if (pause.isPositive()) {
      return Json.problem(
              new Problem(
                  429,
                  "rate_limit_exceeded",
                  "too many wrong API keys from %s (expected: the next after a pause)"
                      .formatted(request.remote().getHostAddress())))
          .with("Retry-After", Long.toString(pause.plusMillis(999).toSeconds()));
    }
    return Json.problem(new Problem(403, "invalid_api_key", "the API key is not known here"));
  }

  private static Optional<String> token(String field) {
    boolean bearer = field.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    String token = bearer ? field.substring(SCHEME.length()).strip() : "";
    return token.isEmpty() ? Optional.empty() : Optional.of(token);
  }
}
