package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.app.sandbox.Mailroom.Letter;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// Looks at the pictures and follows the links of the mail that arrived, as fast as the relay
/// answers.
///
/// A few connections that stay open, one request at a time, as browsers do it.
public final class LinkRun {
  private static final int CONNECTIONS = 8;
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final int MAX_HEADER = 64 * 1024;

  /// The address of a click or an open, in an HTML part of ours.
  private static final Pattern LINK = Pattern.compile("\"https?://[^\"/]+(/[co]/[^\"]+)\"");

  private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: (\\d{1,9})\r\n");

  private final InetSocketAddress host;
  private final List<String> paths;
  private final AtomicInteger next = new AtomicInteger();

  /// @param host where the tracking host listens
  public LinkRun(InetSocketAddress host, List<Letter> letters) {
    this.host = host;
    this.paths =
        letters.stream()
            .flatMap(letter -> MailView.of(letter.arrival().content()).html().stream())
            .flatMap(html -> LINK.matcher(html).results())
            .map(link -> link.group(1).replace("&amp;", "&"))
            .distinct()
            .toList();
  }

  /// Returns when so many requests were answered.
  ///
  /// @throws IOException when there is no link, one is not answered, or a connection breaks
  public void follow(int requests) throws IOException, InterruptedException {
    if (paths.isEmpty()) {
      throw new IOException("no mail with links has arrived");
    }
    Crowd.run(CONNECTIONS, () -> visit(requests));
  }

  private Void visit(int requests) throws IOException {
    try (Socket socket = new Socket(host.getAddress(), host.getPort())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (int n = next.getAndIncrement(); n < requests; n = next.getAndIncrement()) {
        String request =
            "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUser-Agent: Sandbox\r\nAccept: */*\r\n\r\n"
                .formatted(
                    paths.get(n % paths.size()),
                    host.getAddress().getHostAddress(),
                    host.getPort());
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        skipAnswer(in);
      }
    }
    return null;
  }

  private static void skipAnswer(InputStream in) throws IOException {
    StringBuilder header = new StringBuilder(400);
    while (header.length() < 4 || header.indexOf("\r\n\r\n", header.length() - 4) < 0) {
      int octet = in.read();
      if (octet < 0 || header.length() > MAX_HEADER) {
        throw new EOFException("no whole answer: \"%s\"".formatted(header));
      }
      header.append((char) octet);
    }
    String answer = header.toString().toLowerCase(Locale.ROOT);
    if (!answer.startsWith("http/1.1 2") && !answer.startsWith("http/1.1 302")) {
      throw new IOException(header.substring(0, header.indexOf("\r\n")));
    }
    var length = LENGTH.matcher(answer);
    if (length.find()) {
      in.skipNBytes(Long.parseLong(length.group(1)));
    }
  }
}
