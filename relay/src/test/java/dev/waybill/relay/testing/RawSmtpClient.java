package dev.waybill.relay.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// Speaks SMTP octet by octet, so that a test can be as rude as the network. Confined to one
/// thread.
public final class RawSmtpClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 15_000;

  private Socket socket;
  private InputStream in;
  private OutputStream out;

  private RawSmtpClient(Socket socket) throws IOException {
    this.socket = socket;
    use(socket);
  }

  /// Connects to loopback in clear and reads nothing yet.
  public static RawSmtpClient connect(int port) throws IOException {
    return new RawSmtpClient(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /// Connects to loopback with TLS from the first octet.
  public static RawSmtpClient connectTls(int port) throws IOException {
    RawSmtpClient client = connect(port);
    client.startTls();
    return client;
  }

  /// Shakes hands now, whatever the certificate.
  public void startTls() throws IOException {
    SSLSocket encrypted =
        (SSLSocket)
            TrustsAnything.context().getSocketFactory().createSocket(socket, "relay.test", 1, true);
    encrypted.startHandshake();
    use(encrypted);
  }

  /// Sends the text as it is, in ISO 8859-1 so that any octet can be written.
  public void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public void send(byte[] octets) throws IOException {
    out.write(octets);
    out.flush();
  }

  /// Reads one reply, its lines joined by line feeds; empty when the server closed.
  public String reply() throws IOException {
    List<String> lines = new ArrayList<>();
    while (true) {
      String line = line();
      if (line == null) {
        return String.join("\n", lines);
      }
      lines.add(line);
      if (line.length() < 4 || line.charAt(3) != '-') {
        return String.join("\n", lines);
      }
    }
  }

  /// Sends one command line and reads its reply.
  public String ask(String command) throws IOException {
    send(command + "\r\n");
    return reply();
  }

  /// Reads replies until the server closes.
  public List<String> repliesToTheEnd() throws IOException {
    List<String> replies = new ArrayList<>();
    for (String reply = reply(); !reply.isEmpty(); reply = reply()) {
      replies.add(reply);
    }
    return replies;
  }

  /// Reads the greeting, says EHLO and authenticates in clear.
  public RawSmtpClient authenticated(String token) throws IOException {
    expect("220", reply());
    expect("250", ask("EHLO app.test"));
    expect("235", ask("AUTH PLAIN " + plain(token)));
    return this;
  }

  /// Runs MAIL and RCPT, sends DATA and the content, and reads its reply.
  ///
  /// @param content with the end of data
  public String submit(String recipient, String content) throws IOException {
    begin(recipient);
    send(content);
    return reply();
  }

  /// Runs MAIL, RCPT and DATA up to the 354.
  public void begin(String recipient) throws IOException {
    expect("250", ask("MAIL FROM:<app@example.org>"));
    expect("250", ask("RCPT TO:<" + recipient + ">"));
    expect("354", ask("DATA"));
  }

  /// The initial response of AUTH PLAIN.
  public static String plain(String token) {
    return Base64.getEncoder()
        .encodeToString(("\0waybill\0" + token).getBytes(StandardCharsets.UTF_8));
  }

  /// Closes without another word.
  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static void expect(String code, String reply) {
    if (!reply.startsWith(code)) {
      throw new AssertionError("expected " + code + " but was: " + reply);
    }
  }

  private void use(Socket current) throws IOException {
    socket = current;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  private @Nullable String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == '\n') {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      line.write(octet);
    }
    return null;
  }
}
