package dev.waybill.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// A real HTTP server on loopback that answers as the admin API does and remembers what it was
/// asked. What is asked and not prepared gets a 404 of the API. Thread-safe.
final class FakeRelay implements AutoCloseable {
  /// The only key it knows.
  static final String KEY = "wb_testkey_0123456789";

  record Asked(String line, String body, String contentType, String agent) {}

  private record Answer(int status, String type, String body) {}

  private final HttpServer server;
  private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();

  FakeRelay() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  /// Where it listens.
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// Prepares an answer to a request line such as `GET /domains?limit=100`; several are given one
  /// after the other, the last one again and again.
  FakeRelay on(String line, int status, String body) {
    return on(line, status, "application/json", body);
  }

  FakeRelay on(String line, int status, String type, String body) {
    answers.computeIfAbsent(line, _ -> new ArrayDeque<>()).add(new Answer(status, type, body));
    return this;
  }

  /// The lines of all requests so far.
  List<String> lines() {
    return List.copyOf(asked).stream().map(Asked::line).toList();
  }

  Asked last() {
    return asked.getLast();
  }

  /// A file of `answers/`.
  static String file(String name) {
    return resource("answers/" + name + ".json");
  }

  static String resource(String path) {
    try (InputStream file =
        Objects.requireNonNull(FakeRelay.class.getResourceAsStream(path), path)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String error(int status, String name, String message) {
    return "{\"statusCode\":%d,\"name\":\"%s\",\"message\":\"%s\"}"
        .formatted(status, name, message);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    asked.add(
        new Asked(
            line,
            body,
            String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")),
            String.valueOf(exchange.getRequestHeaders().getFirst("User-Agent"))));
    Answer answer = choose(line, exchange.getRequestHeaders().getFirst("Authorization"));
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    if (answer.status() / 100 == 3) {
      exchange.getResponseHeaders().set("Location", url() + "/elsewhere");
    }
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private Answer choose(String line, String authorization) {
    if (!("Bearer " + KEY).equals(authorization)) {
      return new Answer(
          403, "application/json", error(403, "invalid_api_key", "API key is invalid"));
    }
    Deque<Answer> prepared = answers.get(line);
    if (prepared == null) {
      return new Answer(404, "application/json", error(404, "not_found", "No such thing: " + line));
    }
    synchronized (prepared) {
      return prepared.size() > 1 ? prepared.removeFirst() : prepared.getFirst();
    }
  }
}
