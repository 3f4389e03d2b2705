package dev.waybill.relay.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.TrustsAnything;
import dev.waybill.relay.tls.ServerCertificate;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Frames that no browser sends, in numbers that are meant to hurt (RFC 9113 §10.5).
class Http2FloodTest {
  private static final String HOST = "links.shop.example";
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int ENHANCE_YOUR_CALM = 11;

  /// `GET https://x/` in HPACK.
  private static final byte[] REQUEST = {(byte) 0x82, (byte) 0x87, (byte) 0x84, 0x01, 0x01, 'x'};

  @TempDir Path folder;

  private HttpServer server;
  private SSLSocket socket;

  @BeforeEach
  void connect() throws Exception {
    ServerCertificate certificate =
        ServerCertificate.selfSigned(folder, HOST, HOST, List.of("dns:" + HOST));
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server =
        new HttpServer(
            new HttpSettings(
                "test",
                free,
                1,
                HttpLimits.of(4096, 100),
                Map.of(),
                Json::problem,
                _ -> true,
                Optional.of(
                    new HttpSettings.Secure(free, _ -> Optional.of(certificate.context())))),
            new Routes(List.of(Route.get("/", _ -> Response.text(200, "fine")).withoutWaiting())),
            InstantSource.system(),
            new SimpleMeterRegistry());
    server.start();
    socket =
        (SSLSocket)
            TrustsAnything.context()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.tlsPort());
    socket.setSoTimeout(20_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(HOST)));
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    ByteArrayOutputStream start = new ByteArrayOutputStream();
    start.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    start.writeBytes(frame(SETTINGS, 0, 0, new byte[0]));
    socket.getOutputStream().write(start.toByteArray());
  }

  @AfterEach
  void stop() throws IOException {
    socket.close();
    server.stop(Duration.ofSeconds(5));
  }

  @Test
  void endsAConnectionThatResetsItsStreamsAllTheTime() throws Exception {
    ByteArrayOutputStream flood = new ByteArrayOutputStream();
    for (int stream = 1; stream < 2_000; stream += 2) {
      flood.writeBytes(frame(HEADERS, END_HEADERS | END_STREAM, stream, REQUEST));
      flood.writeBytes(frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
    }

    assertThat(goodbyeAfter(flood)).hasValue(ENHANCE_YOUR_CALM);
  }

  @Test
  void endsAConnectionWhoseHeaderNeverEnds() throws Exception {
    ByteArrayOutputStream flood = new ByteArrayOutputStream();
    flood.writeBytes(frame(HEADERS, END_STREAM, 1, REQUEST));
    for (int i = 0; i < 1_000; i++) {
      flood.writeBytes(frame(CONTINUATION, 0, 1, new byte[] {0, 1, 'a', 1, 'b'}));
    }

    assertThat(goodbyeAfter(flood)).hasValue(ENHANCE_YOUR_CALM);
  }

  /// The error that the server ends the connection with.
  private OptionalInt goodbyeAfter(ByteArrayOutputStream flood) throws IOException {
    Thread flooding =
        Thread.ofVirtual()
            .start(() -> {
              try {
                socket.getOutputStream().write(flood.toByteArray());
              } catch (IOException cutOff) {
                assertThat(cutOff).isNotNull();
              }
            });
    OptionalInt error = OptionalInt.empty();
    try {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (error.isEmpty()) {
        int lengthAndType = in.readInt();
        byte[] rest = in.readNBytes(5 + (lengthAndType >>> 8));
        if ((lengthAndType & 0xFF) == GOAWAY) {
          error = OptionalInt.of(ByteBuffer.wrap(rest).getInt(9));
        }
      }
      int end = in.read();
      while (end >= 0) {
        end = in.read();
      }
    } catch (SocketException reset) {
      assertThat(error).as(reset.toString()).isPresent();
    } finally {
      socket.close();
    }
    join(flooding);
    return error;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private static byte[] frame(int type, int flags, int stream, byte[] content) {
    return ByteBuffer.allocate(9 + content.length)
        .putInt(content.length << 8 | type)
        .put((byte) flags)
        .putInt(stream)
        .put(content)
        .array();
  }
}
