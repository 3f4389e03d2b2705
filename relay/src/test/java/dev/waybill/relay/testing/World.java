package dev.waybill.relay.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.app.Sandbox;
import dev.waybill.relay.app.SandboxPorts;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole relay in its sandbox, once for all scenarios, seen only from outside: SMTP, the admin
/// API, the inbox and the links. Scenarios use recipients of their own, so they do not meet.
public final class World {
  /// A list of the sender's own beside the built-in streams, and reports to envelope senders.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "WAYBILL_DELIVERY_BOUNCE_REPORTS", "true",
          "WAYBILL_STREAMS_WEEKLY_NEWS_KIND", "marketing",
          "WAYBILL_STREAMS_WEEKLY_NEWS_TITLE", "Weekly news");

  private static final World INSTANCE = started();

  private final JsonNode access;
  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = JsonMapper.shared();

  private World(JsonNode access) {
    this.access = access;
  }

  public static World get() {
    return INSTANCE;
  }

  /// Submits a message and gives the reply to its end of data.
  public String submit(String from, String message, String... recipients) {
    try (SmtpDialogue smtp = new SmtpDialogue("127.0.0.1", access.at("/smtp/port").asInt())) {
      return smtp.submit(access.at("/smtp/password").asString(), from, message, recipients);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Submits a message that must be accepted and gives its id.
  public String accepted(String message, String... recipients) {
    return acceptedFrom("app@sandbox.example", message, recipients);
  }

  /// Submits a message that must be accepted from an envelope sender, and gives its id.
  ///
  /// @param from the sender's address, with parameters of MAIL behind a blank
  /// @param recipients likewise
  public String acceptedFrom(String from, String message, String... recipients) {
    String reply = submit(from, message, recipients);
    assertThat(reply).startsWith("250 2.0.0 Queued as ");
    return reply.substring("250 2.0.0 Queued as ".length()).strip();
  }

  /// Submits a message under TLS that must be accepted, and gives its id.
  ///
  /// @param parameters of MAIL, each behind a blank
  public String acceptedUnderTls(String parameters, String message, String recipient) {
    try (RawSmtpClient smtp = RawSmtpClient.connectTls(access.at("/smtp/tls_port").asInt())) {
      smtp.authenticated(access.at("/smtp/password").asString());
      assertThat(smtp.ask("MAIL FROM:<app@sandbox.example>" + parameters)).startsWith("250");
      assertThat(smtp.ask("RCPT TO:<" + recipient + ">")).startsWith("250");
      assertThat(smtp.ask("DATA")).startsWith("354");
      String reply = smtp.ask(message + ".");
      assertThat(reply).startsWith("250 2.0.0 Queued as ");
      return reply.substring("250 2.0.0 Queued as ".length()).strip();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// What arrived for the recipient, as the inbox's API lists it; waits for it.
  public JsonNode arrived(String recipient) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> find(recipient), Optional::isPresent)
        .orElseThrow();
  }

  public Optional<JsonNode> find(String recipient) {
    for (JsonNode letter : parse(getText(inbox() + "api/messages"))) {
      if (letter.get("to").asString().contains(recipient)) {
        return Optional.of(letter);
      }
    }
    return Optional.empty();
  }

  /// The bytes that arrived, one character each.
  public String raw(JsonNode letter) {
    return getText(inbox() + "api/messages/" + letter.get("id").asString() + "/raw");
  }

  /// The bytes that were submitted, one character each.
  public String submitted(JsonNode letter) {
    return getText(inbox() + "api/messages/" + letter.get("id").asString() + "/submitted");
  }

  /// The types of a message's events so far, oldest first.
  public List<String> told(String emailId) {
    List<String> types = new ArrayList<>();
    events(emailId).forEach(event -> types.add(event.get("type").asString()));
    return types;
  }

  public List<JsonNode> events(String emailId) {
    List<JsonNode> events = new ArrayList<>();
    admin("GET", "/events?limit=1000&email_id=" + emailId).get("data").forEach(events::add);
    return events;
  }

  /// Waits until the message's events end with the type.
  public JsonNode event(String emailId, String type) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                events(emailId).stream()
                    .filter(e -> type.equals(e.get("type").asString()))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  public JsonNode admin(String method, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(access.at("/admin/url").asString() + path))
            .header("Authorization", "Bearer " + access.at("/admin/api_key").asString())
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return parse(send(request).body());
  }

  /// The answer of the admin API to a JSON body.
  public HttpResponse<String> admin(String method, String path, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(adminUrl() + path))
            .header("Authorization", "Bearer " + access.at("/admin/api_key").asString())
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  public HttpResponse<String> get(String url) {
    return send(HttpRequest.newBuilder(URI.create(url)).build());
  }

  public HttpResponse<String> post(String url, String form) {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build());
  }

  public String inbox() {
    return access.at("/inbox").asString();
  }

  public String adminUrl() {
    return access.at("/admin/url").asString();
  }

  private String getText(String url) {
    HttpResponse<String> response = get(url);
    assertThat(response.statusCode()).as(url).isEqualTo(200);
    return response.body();
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private JsonNode parse(String text) {
    return json.readTree(text);
  }

  private static World started() {
    try {
      Path folder = Files.createTempDirectory("waybill-world-");
      Sandbox sandbox = Sandbox.open(folder, SandboxPorts.from(0), SETTINGS);
      sandbox.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(sandbox, folder)));
      return new World(
          JsonMapper.shared().readTree(Files.readString(folder.resolve("sandbox.json"))));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (MessagingException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static void end(Sandbox sandbox, Path folder) {
    sandbox.stop();
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException left) {
      throw new UncheckedIOException(left);
    }
  }
}
