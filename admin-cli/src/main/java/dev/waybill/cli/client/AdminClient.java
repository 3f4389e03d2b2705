package dev.waybill.cli.client;

import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Talks to one relay's admin API: one request, one JSON answer or a [Failure] that says what to
/// do. Redirections are not followed, so that the key stays with the host it was meant for; time
/// and size are bounded. One thread uses it.
public final class AdminClient implements AutoCloseable {
  /// How long a connection may take.
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /// How long a request may take in all.
  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

  /// How large an answer may be, in bytes.
  public static final int MAX_ANSWER = 16 * 1024 * 1024;

  private static final String ELSEWHERE =
      "Is the relay running there? Name another address with --url or WAYBILL_URL.";

  private final Target target;
  private final String agent;
  private final HttpClient http;

  /// @param agent how this program names itself, such as `waybillctl/1.0`
  public AdminClient(Target target, String agent) {
    this.target = target;
    this.agent = agent;
    // HTTP/1.1: asking a plain-text server for an upgrade to HTTP/2 gains nothing for one request.
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /// Reads.
  public JsonNode get(ApiPath path) throws Failure {
    return exchange("GET", path, null);
  }

  /// Reads what is no JSON, such as a mail, octet by octet.
  public byte[] bytes(ApiPath path) throws Failure {
    return answer("GET", path, null);
  }

  /// Makes something new or starts something.
  public JsonNode post(ApiPath path, JsonNode body) throws Failure {
    return exchange("POST", path, body);
  }

  /// Changes something.
  public JsonNode patch(ApiPath path, JsonNode body) throws Failure {
    return exchange("PATCH", path, body);
  }

  /// Removes something.
  public JsonNode delete(ApiPath path) throws Failure {
    return exchange("DELETE", path, null);
  }

  /// Ends at once; a request under way is given up.
  @Override
  public void close() {
    http.shutdownNow();
  }

  private JsonNode exchange(String method, ApiPath path, @Nullable JsonNode body) throws Failure {
    return parse(answer(method, path, body), method + " " + path);
  }

  private byte[] answer(String method, ApiPath path, @Nullable JsonNode body) throws Failure {
    BodyPublisher content =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.compact(body));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(target.url() + path.toString()))
            .timeout(REQUEST_TIMEOUT)
            .header("Authorization", "Bearer " + target.token().text())
            .header("Accept", "application/json, message/rfc822")
            .header("User-Agent", agent)
            .method(method, content);
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    HttpResponse<byte[]> response = send(request.build());
    if (response.statusCode() / 100 == 2) {
      return response.body();
    }
    throw refusal(response, method + " " + path);
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws Failure {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER));
    try {
      // The request's own timeout ends with the headers; this one covers the body too.
      return answer.get(REQUEST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      answer.cancel(true);
      throw unreachable("no complete answer within " + REQUEST_TIMEOUT.toSeconds() + " s", "");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.FAILED, "interrupted while waiting for " + target.url(), "");
    } catch (ExecutionException e) {
      throw explain(e.getCause());
    }
  }

  private Failure explain(@Nullable Throwable cause) {
    return switch (cause) {
      case HttpConnectTimeoutException _ ->
          unreachable("no connection within " + CONNECT_TIMEOUT.toSeconds() + " s", ELSEWHERE);
      case HttpTimeoutException _ ->
          unreachable("no answer within " + REQUEST_TIMEOUT.toSeconds() + " s", "");
      case ConnectException refused when isUnknownHost(refused) ->
          unreachable("the host name is unknown", ELSEWHERE);
      case ConnectException refused ->
          unreachable(
              refused.getMessage() == null ? "connection refused" : refused.getMessage(),
              ELSEWHERE);
      case SSLException tls ->
          unreachable(
              "no TLS connection: " + root(tls).getMessage(),
              "Is the address https, and its certificate one that this machine trusts?");
      case IOException broken when String.valueOf(broken.getMessage()).contains("exceed") ->
          new Failure(
              ExitCode.FAILED,
              target.url() + " answered more than " + MAX_ANSWER / 1024 / 1024 + " MiB",
              "Is this the admin API? Ask for fewer items with --limit.");
      case IOException broken ->
          unreachable("the connection broke: " + broken.getMessage(), ELSEWHERE);
      case null, default ->
          new Failure(ExitCode.FAILED, "request to " + target.url() + " failed: " + cause, "");
    };
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static boolean isUnknownHost(Throwable failure) {
    return root(failure) instanceof UnresolvedAddressException;
  }

  private Failure unreachable(String why, String advice) {
    return new Failure(ExitCode.UNREACHABLE, "cannot reach " + target.url() + ": " + why, advice);
  }

  private JsonNode parse(byte[] body, String tried) throws Failure {
    try {
      JsonNode answer = Json.parse(body);
      if (answer.isObject()) {
        return answer;
      }
    } catch (JacksonException _) {
      // Told below, together with what is JSON but no object.
    }
    throw new Failure(
        ExitCode.FAILED,
        target.url()
            + " answered "
            + tried
            + " with something that is no JSON object: "
            + start(body),
        "Is this the admin API? Name another address with --url or WAYBILL_URL.");
  }

  private Failure refusal(HttpResponse<byte[]> response, String tried) {
    int status = response.statusCode();
    JsonNode error = errorOf(response.body());
    String name = Column.text(error.path("name"));
    String message = Column.text(error.path("message"));
    boolean ours = !name.isEmpty() && !message.isEmpty();
    String said = (ours ? message + " (" + status + " " + name + ")" : "HTTP status " + status);
    String advice =
        ours ? advice(name) : "Is this the admin API? " + "It answered: " + start(response.body());
    if (status == 404 || status == 410) {
      return new Failure(ExitCode.NOT_FOUND, "not found, " + tried + ": " + said, advice);
    }
    if (status / 100 == 4) {
      return new Failure(ExitCode.REFUSED, "the relay refused " + tried + ": " + said, advice);
    }
    return new Failure(
        ExitCode.FAILED,
        "the relay failed at " + tried + ": " + said,
        ours && advice.isEmpty() ? "Its log says why." : advice);
  }

  private static String advice(String name) {
    return switch (name) {
      case "missing_api_key", "invalid_api_key" ->
          "Give a valid key with --api-key-file FILE or WAYBILL_API_KEY, or run: waybillctl login";
      case "restricted_api_key" -> "This needs a key with the permission full_access.";
      case "rate_limit_exceeded" -> "Wait a moment and try again.";
      default -> "";
    };
  }

  private static JsonNode errorOf(byte[] body) {
    try {
      return Json.parse(body);
    } catch (JacksonException _) {
      return Json.object();
    }
  }

  private static String start(byte[] body) {
    String text = new String(body, 0, Math.min(body.length, 120), StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? "(nothing)" : text.lines().findFirst().orElse("");
  }
}
