package dev.waybill.relay.testing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// A real DNS server on a free port of 127.0.0.1, UDP and TCP, that is authoritative for
/// everything.
///
/// Its zone is lines as in a zone file: `server.zone("a.example. 60 IN MX 10 mx.a.example.")`. A
/// name with no line of any type does not exist. Any thread may change it while it runs.
public final class TinyDnsServer implements AutoCloseable {
  private static final String SOA = ". 30 IN SOA ns.invalid. hostmaster.invalid. 1 60 60 60 30";

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final List<Record> zone = new CopyOnWriteArrayList<>();
  private final Map<Name, Integer> failing = new ConcurrentHashMap<>();
  private final Set<String> failingTypes = ConcurrentHashMap.newKeySet();
  private final Set<Name> silent = ConcurrentHashMap.newKeySet();
  private final Set<Name> bogus = ConcurrentHashMap.newKeySet();
  private final Set<Name> referring = ConcurrentHashMap.newKeySet();
  private final List<String> questions = new CopyOnWriteArrayList<>();
  private volatile boolean chaining;
  private volatile ZoneSigner signer;
  private volatile boolean authentic;

  public TinyDnsServer() throws IOException {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    this.tcp = new ServerSocket(0, 50, loopback);
    this.udp = new DatagramSocket(tcp.getLocalPort(), loopback);
    Thread.ofVirtual().start(this::serveUdp);
    Thread.ofVirtual().start(this::serveTcp);
  }

  public InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.1", tcp.getLocalPort());
  }

  /// Adds records, one a line.
  public TinyDnsServer zone(String... lines) {
    for (String line : lines) {
      zone.add(record(line));
    }
    return this;
  }

  /// Never answers for this name.
  public TinyDnsServer silent(String name) {
    silent.add(name(name));
    return this;
  }

  /// Answers with this code for the name, such as `Rcode.SERVFAIL`.
  public TinyDnsServer failing(String name, int rcode) {
    failing.put(name(name), rcode);
    return this;
  }

  /// Answers with SERVFAIL for this type of record at the name.
  public TinyDnsServer failingFor(String type, String name) {
    failingTypes.add(type + " " + name(name));
    return this;
  }

  /// Answers for the name only those who do not want signatures to be checked, as a validating
  /// resolver does.
  public TinyDnsServer bogus(String name) {
    bogus.add(name(name));
    return this;
  }

  /// Answers with a referral, as a server that is not responsible does.
  public TinyDnsServer referring(String name) {
    referring.add(name(name));
    return this;
  }

  /// Answers with the aliases that an alias leads to, too.
  public TinyDnsServer chaining() {
    chaining = true;
    return this;
  }

  /// Says from now on that it checked every signature, as a validating resolver does (the AD bit).
  public TinyDnsServer authentic() {
    authentic = true;
    return this;
  }

  /// Signs what it says from now on, as the root zone.
  public TinyDnsServer signedBy(ZoneSigner zoneSigner) {
    signer = zoneSigner;
    return this;
  }

  /// Forgets every record of the name and every fault.
  public TinyDnsServer forget(String name) {
    Name gone = name(name);
    zone.removeIf(record -> record.getName().equals(gone));
    failing.remove(gone);
    silent.remove(gone);
    return this;
  }

  /// What was asked, such as `a.example. MX`; a question over TCP ends in ` tcp`, one that asks for
  /// no recursion in ` direct`.
  public List<String> questions() {
    return List.copyOf(questions);
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }

  private void serveUdp() {
    byte[] buffer = new byte[4096];
    while (!udp.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        int room = query.getOPT() == null ? 512 : query.getOPT().getPayloadSize();
        Message reply = reply(query, false);
        if (reply != null) {
          byte[] octets = reply.toWire(room);
          udp.send(new DatagramPacket(octets, octets.length, packet.getSocketAddress()));
        }
      } catch (IOException closed) {
        // The loop ends with the socket.
      }
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try {
        Socket socket = tcp.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        // The loop ends with the socket.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      while (true) {
        byte[] octets = new byte[in.readUnsignedShort()];
        in.readFully(octets);
        Message reply = reply(new Message(octets), true);
        if (reply != null) {
          byte[] answer = reply.toWire();
          byte[] framed = new byte[answer.length + 2];
          framed[0] = (byte) (answer.length >> 8);
          framed[1] = (byte) answer.length;
          System.arraycopy(answer, 0, framed, 2, answer.length);
          out.write(framed);
        }
      }
    } catch (IOException ended) {
      // The client has gone.
    }
  }

  private Message reply(Message query, boolean overTcp) {
    Record question = query.getQuestion();
    Name name = question.getName();
    String how = (overTcp ? " tcp" : "") + (query.getHeader().getFlag(Flags.RD) ? "" : " direct");
    questions.add(name + " " + Type.string(question.getType()) + how);
    if (silent.contains(name)) {
      return null;
    }
    Message reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.addRecord(question, Section.QUESTION);
    Integer rcode = failing.get(name);
    if (failingTypes.contains(Type.string(question.getType()) + " " + name)) {
      rcode = Rcode.SERVFAIL;
    }
    if (rcode == null && bogus.contains(name) && !query.getHeader().getFlag(Flags.CD)) {
      rcode = Rcode.SERVFAIL;
    }
    if (rcode != null) {
      reply.getHeader().setRcode(rcode);
      return reply;
    }
    if (referring.contains(name)) {
      reply.addRecord(record("example. 60 IN NS ns.elsewhere.example."), Section.AUTHORITY);
      return reply;
    }
    reply.getHeader().setFlag(Flags.AA);
    answer(reply, name, question.getType());
    sign(query, reply);
    return reply;
  }

  private void sign(Message query, Message reply) {
    if (authentic) {
      reply.getHeader().setFlag(Flags.AD);
    }
    ZoneSigner zoneSigner = signer;
    if (zoneSigner != null) {
      Name name = query.getQuestion().getName();
      Set<Integer> there = new HashSet<>();
      zone.stream()
          .filter(record -> record.getName().equals(name))
          .forEach(record -> there.add(record.getType()));
      try {
        zoneSigner.sign(query, reply, there);
      } catch (DNSSEC.DNSSECException failure) {
        throw new IllegalStateException(failure);
      }
    }
  }

  private void answer(Message reply, Name name, int type) {
    List<Record> own = new ArrayList<>(zone);
    own.removeIf(record -> !record.getName().equals(name));
    List<Record> matching = own.stream().filter(record -> record.getType() == type).toList();
    List<Record> aliases = own.stream().filter(record -> record.getType() == Type.CNAME).toList();
    (matching.isEmpty() ? aliases : matching)
        .forEach(record -> reply.addRecord(record, Section.ANSWER));
    if (chaining && matching.isEmpty()) {
      aliases.forEach(alias -> chain(reply, alias, type));
    }
    if (own.isEmpty()) {
      reply.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    if (matching.isEmpty() && aliases.isEmpty()) {
      reply.addRecord(record(SOA), Section.AUTHORITY);
    }
  }

  /// Adds every alias that one leads to and what the last one has, as a server that looks for its
  /// clients does.
  private void chain(Message reply, Record alias, int type) {
    if (!(alias instanceof CNAMERecord cname)) {
      return;
    }
    Name target = cname.getTarget();
    for (Record record : zone) {
      if ((record.getType() == Type.CNAME || record.getType() == type)
          && record.getName().equals(target)
          && !reply.findRecord(record, Section.ANSWER)) {
        reply.addRecord(record, Section.ANSWER);
        chain(reply, record, type);
      }
    }
  }

  private static Record record(String line) {
    String[] words = line.split(" ", 5);
    try {
      return Record.fromString(
          name(words[0]),
          Type.value(words[3]),
          DClass.IN,
          Long.parseLong(words[1]),
          words[4],
          Name.root);
    } catch (IOException malformed) {
      throw new IllegalArgumentException(line, malformed);
    }
  }

  private static Name name(String text) {
    try {
      return Name.fromString(text, Name.root);
    } catch (TextParseException malformed) {
      throw new IllegalArgumentException(text, malformed);
    }
  }
}
