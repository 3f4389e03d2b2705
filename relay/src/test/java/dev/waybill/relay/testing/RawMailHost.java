package dev.waybill.relay.testing;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A host on loopback whose every octet a test decides.
public final class RawMailHost implements AutoCloseable {
  /// What the host does with a connection; when it returns, the connection is closed.
  @FunctionalInterface
  public interface Manners {
    void show(Conversation conversation) throws IOException;
  }

  private final ServerSocket server;
  private final Manners manners;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();

  public RawMailHost(String address, int port, Manners manners) throws IOException {
    this.server = new ServerSocket(port, 50, InetAddress.getByName(address));
    this.manners = manners;
    Thread.ofVirtual().start(this::accept);
  }

  /// How many messages came whole, whatever was said of them.
  public int taken() {
    return taken.get();
  }

  public int connections() {
    return connections.get();
  }

  public int openConnections() {
    return open.size();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        // the loop ends with the socket
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      manners.show(new Conversation(socket));
    } catch (IOException gone) {
      // the client has had enough, or the script was over
    } finally {
      open.remove(socket);
    }
  }

  /// One connection, from the host's side.
  public final class Conversation {
    private final Socket socket;
    private final InputStream in;

    private Conversation(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
    }

    /// Sends octets as they are, one for each character.
    public Conversation says(String octets) throws IOException {
      socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }

    /// Reads the next command, which must begin like this.
    public Conversation hears(String command) throws IOException {
      String line = line();
      if (!line.regionMatches(true, 0, command, 0, command.length())) {
        throw new IOException("heard \"" + line + "\" (expected: " + command + ")");
      }
      return this;
    }

    /// Reads a command and answers it.
    public Conversation answers(String command, String reply) throws IOException {
      return hears(command).says(reply + "\r\n");
    }

    /// The usual start: banner, EHLO with these keywords.
    public Conversation greets(String... keywords) throws IOException {
      says("220 raw.test ESMTP\r\n").hears("EHLO");
      StringBuilder reply = new StringBuilder("250-raw.test\r\n");
      for (String keyword : keywords) {
        reply.append("250-").append(keyword).append("\r\n");
      }
      return says(reply + "250 HELP\r\n");
    }

    /// The usual way up to the message.
    public Conversation wants() throws IOException {
      return greets()
          .answers("MAIL", "250 ok")
          .answers("RCPT", "250 ok")
          .answers("DATA", "354 go on");
    }

    /// Reads the whole message.
    public Conversation takes() throws IOException {
      String tail = "\r\n";
      while (!tail.endsWith("\r\n.\r\n")) {
        tail = (tail + (char) octet());
        tail = tail.substring(Math.max(0, tail.length() - 5));
      }
      taken.incrementAndGet();
      return this;
    }

    /// Reads so many octets.
    public Conversation reads(int octets) throws IOException {
      for (int i = 0; i < octets; i++) {
        var _ = octet();
      }
      return this;
    }

    /// Lets the client say RSET and QUIT, and goes then.
    public void ends() throws IOException {
      for (String line = line(); !line.equalsIgnoreCase("QUIT"); line = line()) {
        says("250 ok\r\n");
      }
    }

    /// Says nothing more and waits for the client to go.
    public void hangs() throws IOException {
      while (in.read() >= 0) {
        // reads on
      }
    }

    /// Ends the connection with a reset.
    public void resets() throws IOException {
      socket.setSoLinger(true, 0);
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      int octet;
      while ((octet = octet()) != '\n') {
        line.append((char) octet);
      }
      return line.toString().strip();
    }

    private int octet() throws IOException {
      int octet = in.read();
      if (octet < 0) {
        throw new EOFException();
      }
      return octet;
    }
  }
}
