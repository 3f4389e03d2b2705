package dev.waybill.relay.doctor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// One GET at one address of a web server (RFC 9112), and what came of it. Values; any thread.
///
/// The address is given, not looked up: whoever visits has judged it. Redirections are not
/// followed.
sealed interface WebVisit {
  int MAX_ANSWER = 64 * 1024;

  /// It answered.
  ///
  /// @param location where it redirects to; empty for nowhere
  /// @param server how it names itself; may be empty
  /// @param body the first 64 KiB, as Latin-1
  record Answered(int status, String location, String server, String body) implements WebVisit {}

  /// Nothing listens there.
  record Closed() implements WebVisit {}

  /// It has no certificate that counts for the name.
  record Untrusted(String reason) implements WebVisit {}

  /// It did not answer, or nothing that is HTTP.
  record Silent(String reason) implements WebVisit {}

  /// Connects, asks and reads, each within a step; a server that trickles is cut off with the
  /// examination.
  static WebVisit get(URI address, InetAddress at, SSLSocketFactory web, Duration step) {
    boolean secure = "https".equalsIgnoreCase(address.getScheme());
    int port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
    int millis = Math.toIntExact(step.toMillis());
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(at, port), millis);
      socket.setSoTimeout(millis);
      if (!secure) {
        return ask(socket, address);
      }
      try (SSLSocket secured =
          (SSLSocket) web.createSocket(socket, address.getHost(), port, true)) {
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return ask(secured, address);
      }
    } catch (ConnectException refused) {
      return String.valueOf(refused.getMessage()).contains("refused")
          ? new Closed()
          : new Silent(String.valueOf(refused.getMessage()));
    } catch (SocketTimeoutException _) {
      return new Silent("nothing within %d s".formatted(step.toSeconds()));
    } catch (SSLException failed) {
      return new Untrusted(rootOf(failed));
    } catch (IOException broken) {
      return new Silent(String.valueOf(broken.getMessage()));
    }
  }

  private static WebVisit ask(Socket socket, URI address) throws IOException {
    String request =
        """
        GET %s HTTP/1.1
        Host: %s
        User-Agent: Waybill (domains doctor)
        Accept: text/html
        Connection: close

        """
            .formatted(address.getRawPath(), address.getRawAuthority())
            .replace("\n", "\r\n");
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] block = new byte[4_096];
    for (int read = in.read(block);
        read >= 0 && answer.size() < MAX_ANSWER;
        read = in.read(block)) {
      answer.write(block, 0, read);
    }
    return read(answer.toString(StandardCharsets.ISO_8859_1));
  }

  private static WebVisit read(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0 || !answer.matches("(?s)HTTP/1\\.[01] \\d{3}.*")) {
      return new Silent(answer.isEmpty() ? "it closed the connection" : "what it says is not HTTP");
    }
    String head = answer.substring(0, end);
    return new Answered(
        Integer.parseInt(head.substring(9, 12)),
        field(head, "location").orElse(""),
        field(head, "server").orElse(""),
        answer.substring(end + 4));
  }

  private static Optional<String> field(String head, String name) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .findFirst()
        .map(line -> line.substring(name.length() + 1).strip());
  }

  private static String rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
