package dev.waybill.relay.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// A real HTTPS server on 127.0.0.1 that answers with whatever octets a test wrote down. Any thread
/// may change them while it runs.
public final class PolicyHost implements AutoCloseable {
  private final SSLServerSocket server;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile boolean silent;

  public PolicyHost(SSLContext tls) throws IOException {
    this.server =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  /// Answers this domain's requests with the policy.
  public PolicyHost policy(String domain, String... lines) {
    String text = String.join("\n", lines) + "\n";
    return answers(
        domain,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(text.length(), text));
  }

  /// Answers this domain's requests with these octets, and closes.
  public PolicyHost answers(String domain, String octets) {
    answers.put("mta-sts." + domain, octets);
    return this;
  }

  /// Hears requests and says nothing, or speaks again.
  public void silent(boolean now) {
    silent = now;
  }

  /// The first line and the host of each request.
  public List<String> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        SSLSocket socket = (SSLSocket) server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        // The loop ends with the socket.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      String first = in.readLine();
      String host = "";
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        if (line.startsWith("Host: ")) {
          host = line.substring("Host: ".length()).split(":", 2)[0];
        }
      }
      requests.add(first + " " + host);
      if (silent) {
        in.read();
        return;
      }
      OutputStream out = socket.getOutputStream();
      String answer = answers.getOrDefault(host, "HTTP/1.1 404 Not Found\r\n\r\n");
      out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    } catch (IOException ended) {
      // The client has gone.
    }
  }
}
