package dev.waybill.relay.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/// A real HTTPS server on 127.0.0.1 that takes what is posted, by the JDK. Any thread may change
/// its answers while it runs.
public final class ReportHost implements AutoCloseable {
  /// What was posted.
  public record Posted(String path, String type, byte[] body) {}

  private final HttpsServer server;
  private final List<Posted> posted = new CopyOnWriteArrayList<>();
  private volatile int status = 201;

  public ReportHost(SSLContext tls) throws IOException {
    this.server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 50);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext("/", this::take);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /// Answers so from now on.
  public void answers(int code) {
    status = code;
  }

  public List<Posted> posted() {
    return List.copyOf(posted);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      posted.add(
          new Posted(
              exchange.getRequestMethod() + " " + exchange.getRequestURI(),
              exchange.getRequestHeaders().getFirst("Content-Type"),
              exchange.getRequestBody().readAllBytes()));
      exchange.sendResponseHeaders(status, -1);
    }
  }
}
