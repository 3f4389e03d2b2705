package dev.waybill.relay.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// A plain SMTP client on a raw socket, one character per octet. One thread.
public final class SmtpDialogue implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader in;
  private final OutputStream out;

  public SmtpDialogue(String host, int port) throws IOException {
    this.socket = new Socket(host, port);
    socket.setSoTimeout(30_000);
    this.in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    this.out = socket.getOutputStream();
    reply();
  }

  /// A whole submission in clear with AUTH PLAIN; gives the first refusal, or the last reply.
  ///
  /// @param from an address, with parameters behind a blank
  /// @param message lines end in CR LF; dots are stuffed here
  /// @param recipients addresses, with parameters behind a blank
  public String submit(String password, String from, String message, String... recipients)
      throws IOException {
    command("EHLO app.example");
    String auth = command("AUTH PLAIN " + plain(password));
    if (!auth.startsWith("235")) {
      return auth;
    }
    String mail = command("MAIL FROM:" + path(from));
    if (!mail.startsWith("250")) {
      return mail;
    }
    for (String recipient : recipients) {
      String reply = command("RCPT TO:" + path(recipient));
      if (!reply.startsWith("250")) {
        return reply;
      }
    }
    String data = command("DATA");
    if (!data.startsWith("354")) {
      return data;
    }
    String stuffed = ("\r\n" + message).replace("\r\n.", "\r\n..").substring(2);
    send(stuffed + (stuffed.endsWith("\r\n") ? "" : "\r\n") + ".\r\n");
    return reply();
  }

  private static String path(String argument) {
    int end = argument.indexOf(' ');
    return end < 0
        ? "<" + argument + ">"
        : "<" + argument.substring(0, end) + ">" + argument.substring(end);
  }

  public String command(String line) throws IOException {
    send(line + "\r\n");
    return reply();
  }

  private void send(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /// The last line of a reply.
  private String reply() throws IOException {
    String line = in.readLine();
    while (line != null && line.length() > 3 && line.charAt(3) == '-') {
      line = in.readLine();
    }
    return line == null ? "" : line;
  }

  private static String plain(String password) {
    return Base64.getEncoder()
        .encodeToString(("\0waybill\0" + password).getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
