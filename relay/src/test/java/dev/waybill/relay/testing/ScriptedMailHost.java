package dev.waybill.relay.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// A real SMTP server on loopback that says what a test wrote down and remembers what it heard.
///
/// Steps are named by the command they answer: `BANNER`, `EHLO`, `HELO`, `STARTTLS`, `MAIL`,
/// `RCPT`, `DATA`, `END` (the final dot), `RSET`, `QUIT`. Any thread may change the script while it
/// runs.
public final class ScriptedMailHost implements AutoCloseable {
  /// A message as it came over the wire, dots still stuffed, the final dot left out.
  ///
  /// @param client the address that it came from
  /// @param helo what was said in EHLO or HELO last
  public record Received(
      String mail, String rcpt, byte[] wire, boolean tls, String client, String helo) {
    public String text() {
      return new String(wire, StandardCharsets.UTF_8);
    }
  }

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<String, String> standing = new ConcurrentHashMap<>();
  private final Map<String, Deque<String>> once = new ConcurrentHashMap<>();
  private final Set<String> closing = ConcurrentHashMap.newKeySet();
  private final Set<String> hanging = ConcurrentHashMap.newKeySet();
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final List<String> connections = new CopyOnWriteArrayList<>();
  private volatile List<String> extensions = List.of("PIPELINING", "SIZE 1000000", "8BITMIME");
  private final List<Long> sessions = new CopyOnWriteArrayList<>();
  private volatile SSLContext tls;
  private volatile boolean inBatches;
  private volatile boolean implicit;

  /// @param port 0 for a free one
  public ScriptedMailHost(String address, int port) throws IOException {
    this.server = new ServerSocket(port, 1_000, InetAddress.getByName(address));
    Thread.ofVirtual().start(this::accept);
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  public int port() {
    return server.getLocalPort();
  }

  /// Says this from now on; lines of one reply are parted by a line feed.
  public ScriptedMailHost always(String step, String reply) {
    standing.put(step, reply);
    return this;
  }

  /// Says this once, before what it always says.
  public ScriptedMailHost once(String step, String reply) {
    once.computeIfAbsent(step, _ -> new ArrayDeque<>()).add(reply);
    return this;
  }

  /// Closes the connection instead of answering this step.
  public ScriptedMailHost closesAt(String step) {
    closing.add(step);
    return this;
  }

  /// Never answers this step.
  public ScriptedMailHost hangsAt(String step) {
    hanging.add(step);
    return this;
  }

  /// Forgets all that was scripted.
  public ScriptedMailHost behaves() {
    standing.clear();
    once.clear();
    closing.clear();
    hanging.clear();
    return this;
  }

  public ScriptedMailHost offers(String... keywords) {
    extensions = List.of(keywords);
    return this;
  }

  /// Keeps its replies to MAIL and RCPT back until DATA has come, so that only a client which
  /// pipelines gets on.
  public ScriptedMailHost repliesInBatches() {
    inBatches = true;
    return this;
  }

  /// Offers STARTTLS with this certificate, or no more without one.
  public ScriptedMailHost startTls(@Nullable SSLContext context) {
    tls = context;
    return this;
  }

  /// Speaks TLS from the first octet.
  public ScriptedMailHost implicitTls() {
    implicit = true;
    return this;
  }

  public List<String> commands() {
    return List.copyOf(commands);
  }

  public List<Received> received() {
    return List.copyOf(received);
  }

  /// How many connections were taken up to now.
  public int connections() {
    return connections.size();
  }

  /// When each TLS session was agreed, in milliseconds: a resumed one, when the first was.
  public List<Long> sessions() {
    return List.copyOf(sessions);
  }

  /// How many connections stand.
  public int openConnections() {
    return open.size();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        connections.add(socket.toString());
        open.add(socket);
        if (server.isClosed()) {
          // it came in while the host closed, which does not interrupt it
          socket.close();
          return;
        }
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        // The loop ends with the socket.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      new Session(socket).run();
    } catch (IOException ended) {
      // The client has gone, or was sent away.
    } finally {
      open.remove(socket);
    }
  }

  private final class Session {
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private String mail = "";
    private String rcpt = "";
    private String helo = "";
    private boolean secure;

    Session(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    void run() throws IOException {
      if (implicit) {
        shakeHands();
      }
      say("BANNER", "220 host.test ESMTP");
      while (true) {
        String line = line();
        commands.add(line);
        String step = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
        switch (step) {
          case "EHLO" -> {
            helo = line.substring(5);
            say(step, ehlo());
          }
          case "HELO" -> {
            helo = line.substring(5);
            say(step, "250 host.test");
          }
          case "STARTTLS" -> startTls();
          case "MAIL" -> {
            mail = say(step, "250 2.1.0 ok").startsWith("2") ? line : "";
          }
          case "RCPT" -> {
            String usual = mail.isEmpty() ? "503 5.5.1 MAIL first" : "250 2.1.5 ok";
            rcpt = say(step, usual).startsWith("2") ? line : "";
          }
          case "DATA" -> {
            String answer = say(step, rcpt.isEmpty() ? "554 5.5.1 nobody" : "354 go on");
            if (answer.startsWith("354")) {
              data();
            }
          }
          case "QUIT" -> {
            say(step, "221 2.0.0 bye");
            return;
          }
          default -> say(step, "250 2.0.0 ok");
        }
      }
    }

    private String ehlo() {
      StringBuilder reply = new StringBuilder("250-host.test");
      extensions.forEach(keyword -> reply.append("\n250-").append(keyword));
      if (tls != null && !secure) {
        reply.append("\n250-STARTTLS");
      }
      return reply.append("\n250 HELP").toString();
    }

    private void data() throws IOException {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      String tail = "\r\n";
      while (!tail.endsWith("\r\n.\r\n")) {
        int octet = in.read();
        if (octet < 0) {
          throw new EOFException();
        }
        message.write(octet);
        tail = (tail + (char) octet);
        tail = tail.substring(Math.max(0, tail.length() - 5));
      }
      byte[] all = message.toByteArray();
      byte[] wire = Arrays.copyOf(all, all.length - 3);
      Received copy =
          new Received(mail, rcpt, wire, secure, socket.getInetAddress().getHostAddress(), helo);
      commands.add(".");
      String reply = answer("END", "250 2.0.0 taken");
      if (reply.startsWith("2")) {
        // before the client hears of it, and looks
        received.add(copy);
      }
      write("END", reply);
      mail = "";
      rcpt = "";
    }

    private void startTls() throws IOException {
      if (!say("STARTTLS", "220 2.0.0 go on").startsWith("220")) {
        return;
      }
      if (closing.contains("HANDSHAKE")) {
        throw new EOFException();
      }
      shakeHands();
    }

    private void shakeHands() throws IOException {
      SSLSocket wrapped =
          (SSLSocket) tls.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
      wrapped.setUseClientMode(false);
      wrapped.startHandshake();
      sessions.add(wrapped.getSession().getCreationTime());
      socket = wrapped;
      in = new BufferedInputStream(wrapped.getInputStream());
      out = wrapped.getOutputStream();
      secure = true;
    }

    private String say(String step, String usual) throws IOException {
      String reply = answer(step, usual);
      write(step, reply);
      return reply;
    }

    private String answer(String step, String usual) throws IOException {
      Deque<String> queue = once.get(step);
      String next = queue == null ? null : queue.pollFirst();
      String reply = next != null ? next : standing.getOrDefault(step, usual);
      if (closing.contains(step)) {
        throw new EOFException();
      }
      if (hanging.contains(step)) {
        while (in.read() >= 0) {
          // Reads on and says nothing, until the client gives up.
        }
        throw new EOFException();
      }
      return reply;
    }

    private void write(String step, String reply) throws IOException {
      held.write((reply.replace("\n", "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8));
      if (!inBatches || !(step.equals("MAIL") || step.equals("RCPT"))) {
        out.write(held.toByteArray());
        out.flush();
        held.reset();
      }
    }

    private String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int octet;
      while ((octet = in.read()) != '\n') {
        if (octet < 0) {
          throw new EOFException();
        }
        if (octet != '\r') {
          line.write(octet);
        }
      }
      return line.toString(StandardCharsets.UTF_8);
    }
  }
}
