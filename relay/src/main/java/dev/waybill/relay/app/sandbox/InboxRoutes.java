package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.app.sandbox.Mailroom.Letter;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.HeaderBlock.Field;
import dev.waybill.relay.rendering.Comparisons;
import dev.waybill.relay.rendering.Comparisons.Comparison;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/// The inbox as answers to requests; whoever serves HTTP calls [#answer]. Any thread may call it.
///
/// Everything lies under `/sandbox/`: the pages, their style and script, the API under `api/`, and
/// the HTML of a message, which a browser shows in a frame that may neither run scripts nor fetch
/// anything from beyond this machine.
public final class InboxRoutes {
  private static final String ROOT = "/sandbox/";
  private static final String HTML = "text/html; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String MESSAGE = "message/rfc822";
  private static final String PAGE_POLICY =
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:;"
          + " frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final String FRAME_POLICY =
      "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
          + " img-src data: http://127.0.0.1:* http://localhost:*; style-src 'unsafe-inline';"
          + " font-src data:; form-action 'none'; frame-ancestors 'self'";
  private static final Pattern RECEIVED_ID =
      Pattern.compile("\\bid\\s+<?(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})\\b");

  /// A whole HTTP answer.
  ///
  /// @param headers besides Content-Type and Content-Length
  public record Answer(int status, String contentType, Map<String, String> headers, byte[] body) {
    public Answer {
      headers = Map.copyOf(headers);
    }
  }

  /// What the relay knows about a message that arrived.
  ///
  /// @param readToken which delivery a return-path token names
  /// @param submitted a message's bytes as the application submitted them; empty when they are gone
  /// @param comparison what the relay changed in a delivery's copy
  /// @param events a message's events, oldest first
  public record Sources(
      Function<String, Optional<DeliveryKey>> readToken,
      Function<UUID, Optional<byte[]>> submitted,
      Function<DeliveryKey, Comparisons.Outcome> comparison,
      Function<UUID, List<Event>> events) {
    public Sources {
      Objects.requireNonNull(readToken, "readToken");
      Objects.requireNonNull(submitted, "submitted");
      Objects.requireNonNull(comparison, "comparison");
      Objects.requireNonNull(events, "events");
    }
  }

  private final Mailroom mailroom;
  private final Sources sources;
  private final SandboxAccess access;

  public InboxRoutes(Mailroom mailroom, Sources sources, SandboxAccess access) {
    this.mailroom = mailroom;
    this.sources = sources;
    this.access = access;
  }

  /// Answers a request.
  ///
  /// @param path without the query, which nothing here looks at
  public Answer answer(String method, String path) {
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return new Answer(
          405, "text/plain", Map.of("Allow", "GET, HEAD"), bytes("Only GET and HEAD\n"));
    }
    if (!path.startsWith(ROOT)) {
      return path.equals("/sandbox")
          ? new Answer(301, "text/plain", Map.of("Location", ROOT), new byte[0])
          : missing();
    }
    return switch (path.substring(ROOT.length())) {
      case "" -> page(InboxPage.whole(mailroom.letters(), access));
      case "list" -> page(InboxPage.list(mailroom.letters()));
      case "inbox.css" -> asset("inbox.css", "text/css; charset=utf-8");
      case "inbox.js" -> asset("inbox.js", "text/javascript; charset=utf-8");
      case "api/messages" -> plain(JSON, InboxApi.list(mailroom.letters(), this::delivery));
      case String other -> ofMessage(other.split("/", -1));
    };
  }

  /// `messages/{id}`, `messages/{id}/{view}`, `api/messages/{id}` and `api/messages/{id}/{view}`.
  private Answer ofMessage(String[] path) {
    boolean api = path[0].equals("api");
    int at = api ? 1 : 0;
    if (path.length < at + 2 || path.length > at + 3 || !path[at].equals("messages")) {
      return missing();
    }
    Optional<Letter> letter = id(path[at + 1]).flatMap(mailroom::find);
    if (letter.isEmpty()) {
      return missing();
    }
    String view = path.length == at + 3 ? path[at + 2] : "";
    return api ? api(letter.get(), view) : view(letter.get(), view);
  }

  private Answer api(Letter letter, String view) {
    return switch (view) {
      case "" -> plain(JSON, InboxApi.message(letter, delivery(letter), events(letter)));
      case "raw" -> plain(MESSAGE, letter.arrival().content());
      case "submitted" ->
          submitted(letter).map(content -> plain(MESSAGE, content)).orElseGet(InboxRoutes::missing);
      case String _ -> missing();
    };
  }

  private Answer view(Letter letter, String view) {
    return switch (view) {
      case "" ->
          page(MessagePage.whole(letter, submitted(letter), comparison(letter), events(letter)));
      case "activity" -> page(MessagePage.activity(events(letter)));
      case "html" -> frame(letter);
      case String _ -> missing();
    };
  }

  private Answer frame(Letter letter) {
    return MailView.of(letter.arrival().content())
        .html()
        .map(html -> new Answer(200, HTML, headers(FRAME_POLICY), bytes(openingOutside(html))))
        .orElseGet(InboxRoutes::missing);
  }

  /// Lets links open in a window of their own; the rest of the HTML is as it came.
  private static String openingOutside(String html) {
    for (String place :
        List.of("(?i)<head(\\s[^>]*)?>", "(?i)<html(\\s[^>]*)?>", "(?i)<!doctype[^>]*>")) {
      var matcher = Pattern.compile(place).matcher(html);
      if (matcher.find()) {
        return html.substring(0, matcher.end())
            + "<base target=\"_blank\">"
            + html.substring(matcher.end());
      }
    }
    return "<base target=\"_blank\">" + html;
  }

  /// The delivery behind a letter: by the token in its return path, else by the relay's Received
  /// field.
  private Optional<DeliveryKey> delivery(Letter letter) {
    String sender = letter.arrival().sender();
    int plus = sender.indexOf('+');
    int at = sender.lastIndexOf('@');
    if (plus >= 0 && plus < at) {
      Optional<DeliveryKey> named = sources.readToken().apply(sender.substring(plus + 1, at));
      if (named.isPresent()) {
        return named;
      }
    }
    HeaderBlock header = HeaderBlock.parse(letter.arrival().content());
    for (Field field : header.all("Received")) {
      var matcher = RECEIVED_ID.matcher(header.value(field));
      if (matcher.find()) {
        return id(String.valueOf(matcher.group(1))).map(id -> new DeliveryKey(id, 0));
      }
    }
    return Optional.empty();
  }

  private Optional<byte[]> submitted(Letter letter) {
    return delivery(letter).flatMap(key -> sources.submitted().apply(key.messageId()));
  }

  private Optional<Comparison> comparison(Letter letter) {
    return delivery(letter)
        .flatMap(key ->
            sources.comparison().apply(key)
                    instanceof Comparisons.Outcome.Compared(Comparison found)
                ? Optional.of(found)
                : Optional.empty());
  }

  private List<Event> events(Letter letter) {
    return delivery(letter)
        .map(key ->
            sources.events().apply(key.messageId()).stream()
                .filter(event -> event.delivery() == null || key.equals(event.delivery()))
                .toList())
        .orElse(List.of());
  }

  private static Optional<UUID> id(String text) {
    try {
      return text.length() == 36 ? Optional.of(UUID.fromString(text)) : Optional.empty();
    } catch (IllegalArgumentException noId) {
      return Optional.empty();
    }
  }

  private static Answer page(String html) {
    return new Answer(200, HTML, headers(PAGE_POLICY), bytes(html));
  }

  /// Bytes for programs: never shown by a browser as anything but what they are.
  private static Answer plain(String type, byte[] body) {
    return new Answer(200, type, headers("default-src 'none'; sandbox"), body);
  }

  private static Answer missing() {
    return new Answer(
        404, "text/plain", headers("default-src 'none'; sandbox"), bytes("Not in this inbox\n"));
  }

  private static Answer asset(String name, String type) {
    try (InputStream in = InboxRoutes.class.getResourceAsStream(name)) {
      return new Answer(
          200, type, headers(PAGE_POLICY), Objects.requireNonNull(in, name).readAllBytes());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Map<String, String> headers(String policy) {
    return Map.of(
        "Content-Security-Policy", policy,
        "X-Content-Type-Options", "nosniff",
        "Referrer-Policy", "no-referrer",
        "Cache-Control", "no-store");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
