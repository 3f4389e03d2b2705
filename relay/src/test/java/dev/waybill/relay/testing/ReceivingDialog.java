package dev.waybill.relay.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A raw SMTP conversation with a door that receives mail; every byte is the test's own.
public final class ReceivingDialog implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader in;
  private final OutputStream out;

  public ReceivingDialog(InetSocketAddress address) throws IOException {
    socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(15_000);
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    out = socket.getOutputStream();
    reply();
  }

  /// Sends a line and gives the whole reply, lines joined by `\n`; empty when the connection ended.
  public String say(String line) throws IOException {
    send(line + "\r\n");
    return reply();
  }

  /// Sends bytes as they are.
  public void send(String bytes) throws IOException {
    out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /// The next reply; empty when the connection ended.
  public String reply() throws IOException {
    StringBuilder reply = new StringBuilder();
    String line;
    while ((line = in.readLine()) != null) {
      reply.append(reply.isEmpty() ? "" : "\n").append(line);
      if (line.length() < 4 || line.charAt(3) != '-') {
        break;
      }
    }
    return reply.toString();
  }

  /// One transaction; gives the reply to the data, or to RCPT when that was refused.
  public String deliver(String sender, String recipient, String message) throws IOException {
    say("EHLO client.test");
    say("MAIL FROM:<" + sender + ">");
    String accepted = say("RCPT TO:<" + recipient + ">");
    if (!accepted.startsWith("250")) {
      return accepted;
    }
    say("DATA");
    send(message.replace("\r\n.", "\r\n.."));
    send((message.endsWith("\r\n") ? "" : "\r\n") + ".\r\n");
    return reply();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
