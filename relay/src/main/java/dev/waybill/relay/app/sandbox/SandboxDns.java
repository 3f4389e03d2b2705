package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.app.sandbox.SandboxZone.Found;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// A small authoritative DNS server on loopback, UDP and TCP on one port (RFC 1035 §4.2).
///
/// Start and stop it from one thread; the [SandboxZone] may change at any time. Answers that do not
/// fit in the client's UDP size are truncated, so that clients come back over TCP as they do in the
/// world.
public final class SandboxDns {
  private static final Logger log = LoggerFactory.getLogger(SandboxDns.class);
  private static final int PORT_TRIES = 20;
  private static final int PLAIN_UDP = 512;
  private static final int MAX_UDP = 1232;
  private static final int MAX_QUERY = 4096;
  private static final int MAX_CONNECTIONS = 64;
  private static final int IDLE_MILLIS = 5000;

  private final SandboxZone zone;
  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /// Opens the port and answers from now on.
  ///
  /// @param port on 127.0.0.1; 0 for one that is free for UDP and TCP
  /// @throws UncheckedIOException when the port cannot be opened
  public static SandboxDns start(SandboxZone zone, int port) {
    try {
      SandboxDns dns = open(zone, port);
      var _ = Thread.ofVirtual().name("sandbox-dns-udp").start(dns::serveUdp);
      var _ = Thread.ofVirtual().name("sandbox-dns-tcp").start(dns::serveTcp);
      log.info("Sandbox DNS listens on {}", dns.address());
      return dns;
    } catch (IOException cannotListen) {
      throw new UncheckedIOException("127.0.0.1:" + port, cannotListen);
    }
  }

  private SandboxDns(SandboxZone zone, DatagramSocket udp, ServerSocket tcp) {
    this.zone = zone;
    this.udp = udp;
    this.tcp = tcp;
  }

  private static SandboxDns open(SandboxZone zone, int port) throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    for (int tries = 1; ; tries++) {
      DatagramSocket udp = new DatagramSocket(port, loopback);
      try {
        return new SandboxDns(
            zone, udp, new ServerSocket(udp.getLocalPort(), MAX_CONNECTIONS, loopback));
      } catch (BindException takenForTcp) {
        udp.close();
        if (port != 0 || tries == PORT_TRIES) {
          throw takenForTcp;
        }
      }
    }
  }

  /// Where it listens.
  public InetSocketAddress address() {
    return new InetSocketAddress(udp.getLocalAddress(), udp.getLocalPort());
  }

  public void stop() {
    udp.close();
    close(tcp);
    open.forEach(SandboxDns::close);
  }

  private void serveUdp() {
    byte[] buffer = new byte[MAX_QUERY];
    while (!udp.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
        byte[] query = Arrays.copyOf(buffer, packet.getLength());
        byte[] answer = answer(query, true);
        if (answer.length > 0) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException gone) {
        log.debug("A DNS client is gone: {}", gone.toString());
      } catch (RuntimeException fault) {
        // One strange query must not silence the server.
        log.error("Cannot answer a DNS query", fault);
      }
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try {
        Socket socket = tcp.accept();
        if (!connections.tryAcquire()) {
          close(socket);
          continue;
        }
        open.add(socket);
        var _ = Thread.ofVirtual().name("sandbox-dns-client").start(() -> serve(socket));
      } catch (IOException closing) {
        log.debug("DNS over TCP: {}", closing.toString());
      }
    }
  }

  /// One connection: length-prefixed queries one after the other (RFC 7766 §8).
  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout(IDLE_MILLIS);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      while (true) {
        byte[] answer = answer(in.readNBytes(in.readUnsignedShort()), false);
        if (answer.length == 0) {
          return;
        }
        byte[] framed = new byte[answer.length + 2];
        framed[0] = (byte) (answer.length >> 8);
        framed[1] = (byte) answer.length;
        System.arraycopy(answer, 0, framed, 2, answer.length);
        out.write(framed);
        out.flush();
      }
    } catch (IOException gone) {
      log.debug("A DNS client is gone: {}", gone.toString());
    } catch (RuntimeException fault) {
      log.error("Cannot answer a DNS query", fault);
    } finally {
      open.remove(socket);
      connections.release();
    }
  }

  /// @return empty for what deserves no answer
  private byte[] answer(byte[] wire, boolean overUdp) {
    Message query;
    try {
      query = new Message(wire);
    } catch (IOException malformed) {
      return formatError(wire);
    }
    if (query.getHeader().getFlag(Flags.QR)) {
      return new byte[0];
    }
    Message answer = answer(query);
    OPTRecord opt = query.getOPT();
    int limit = 0xFFFF;
    if (opt != null) {
      answer.addRecord(new OPTRecord(MAX_UDP, 0, 0), Section.ADDITIONAL);
    }
    if (overUdp) {
      limit = opt == null ? PLAIN_UDP : Math.clamp(opt.getPayloadSize(), PLAIN_UDP, MAX_UDP);
    }
    byte[] whole = answer.toWire();
    return whole.length <= limit ? whole : truncated(answer);
  }

  private Message answer(Message query) {
    Header header = new Header(query.getHeader().getID());
    header.setFlag(Flags.QR);
    if (query.getHeader().getFlag(Flags.RD)) {
      header.setFlag(Flags.RD);
    }
    header.setOpcode(query.getHeader().getOpcode());
    Message answer = new Message();
    answer.setHeader(header);
    Record question = query.getQuestion();
    if (query.getHeader().getOpcode() != Opcode.QUERY) {
      header.setRcode(Rcode.NOTIMP);
    } else if (question == null || query.getSection(Section.QUESTION).size() != 1) {
      header.setRcode(Rcode.FORMERR);
    } else {
      answer.addRecord(question, Section.QUESTION);
      if (question.getDClass() != DClass.IN
          || question.getType() == Type.AXFR
          || question.getType() == Type.IXFR) {
        header.setRcode(Rcode.REFUSED);
      } else {
        header.setFlag(Flags.AA);
        fill(answer, zone.find(question.getName(), question.getType()));
      }
    }
    return answer;
  }

  private static void fill(Message answer, Found found) {
    found.records().forEach(record -> answer.addRecord(record, Section.ANSWER));
    if (found.records().isEmpty()) {
      answer.addRecord(found.authority(), Section.AUTHORITY);
      if (!found.exists()) {
        answer.getHeader().setRcode(Rcode.NXDOMAIN);
      }
    }
  }

  private static byte[] truncated(Message answer) {
    answer.removeAllRecords(Section.ANSWER);
    answer.removeAllRecords(Section.AUTHORITY);
    answer.getHeader().setFlag(Flags.TC);
    return answer.toWire();
  }

  private static byte[] formatError(byte[] wire) {
    if (wire.length < Header.LENGTH || (wire[2] & 0x80) != 0) {
      return new byte[0];
    }
    Header header = new Header(((wire[0] & 0xFF) << 8) | (wire[1] & 0xFF));
    header.setFlag(Flags.QR);
    header.setRcode(Rcode.FORMERR);
    return header.toWire();
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception alreadyGone) {
      log.debug("Closing: {}", alreadyGone.toString());
    }
  }
}
