package dev.waybill.relay.transport;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.message.DomainName;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Fetches the text of a policy from `https://mta-sts.<domain>/.well-known/mta-sts.txt` (RFC 8461
/// §3.3). Any thread may call it; it blocks.
///
/// The owner of the recipient's domain picks the host, so it is treated as hostile: only addresses
/// that mail may go to are called on, redirects are not followed, the certificate must be valid for
/// the name, and octets and time are bounded.
final class PolicyFetch {
  private static final String PATH = "/.well-known/mta-sts.txt";
  private static final int MAX_ADDRESSES = 2;
  private static final int MAX_LINE = 4096;
  private static final int MAX_HEADER = 16 * 1024;

  /// What came of it.
  sealed interface Fetched {
    record Text(String text) implements Fetched {}

    record Nothing(String reason) implements Fetched {}
  }

  private final PublishedRecords dns;
  private final Predicate<InetAddress> permitted;
  private final SSLSocketFactory tls;
  private final int port;
  private final Duration limit;

  /// @param dns finds the host
  /// @param permitted which addresses may be called on
  /// @param tls trusts the authorities that count
  /// @param port 443 but for tests
  /// @param limit for the whole exchange with one address
  PolicyFetch(
      PublishedRecords dns,
      Predicate<InetAddress> permitted,
      SSLSocketFactory tls,
      int port,
      Duration limit) {
    this.dns = dns;
    this.permitted = permitted;
    this.tls = tls;
    this.port = port;
    this.limit = limit;
  }

  Fetched fetch(DomainName domain) {
    Optional<DomainName> name = DomainName.parse("mta-sts." + domain);
    if (name.isEmpty()) {
      return new Fetched.Nothing("mta-sts.%s is too long for a name".formatted(domain));
    }
    DomainName host = name.get();
    if (!(dns.addresses(host) instanceof Lookup.Found<InetAddress>(List<InetAddress> addresses))) {
      return new Fetched.Nothing("%s has no address".formatted(host));
    }
    List<InetAddress> open = addresses.stream().filter(permitted).limit(MAX_ADDRESSES).toList();
    Fetched last =
        new Fetched.Nothing(
            "%s: %s is not a public address, and not in delivery.allow-networks"
                .formatted(host, addresses.getFirst().getHostAddress()));
    for (InetAddress address : open) {
      last = within(host, address);
      if (last instanceof Fetched.Text) {
        return last;
      }
    }
    return last;
  }

  /// A reply that trickles in gains nothing: when the time is up, the socket is closed under it.
  private Fetched within(DomainName host, InetAddress address) {
    Socket socket = new Socket();
    FutureTask<Fetched> exchange = new FutureTask<>(() -> exchange(socket, host, address));
    Thread.ofVirtual().name("policy-fetch").start(exchange);
    try (socket) {
      return exchange.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      return new Fetched.Nothing("%s: nothing complete within %s".formatted(host, limit));
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause();
      return new Fetched.Nothing(
          "%s: %s".formatted(host, cause instanceof IOException io ? io.getMessage() : cause));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Fetched.Nothing("interrupted");
    } catch (IOException closing) {
      return new Fetched.Nothing("%s: %s".formatted(host, closing.getMessage()));
    }
  }

  private Fetched exchange(Socket socket, DomainName host, InetAddress address) throws IOException {
    int millis = Math.toIntExact(limit.toMillis());
    socket.setSoTimeout(millis);
    socket.connect(new InetSocketAddress(address, port), millis);
    SSLSocket secure = (SSLSocket) tls.createSocket(socket, host.value(), port, true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    String request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/plain\r\nUser-Agent: waybill\r\n"
                .formatted(PATH, port == 443 ? host : host + ":" + port)
            + "Connection: close\r\n\r\n";
    secure.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    secure.getOutputStream().flush();
    FullHttpResponse response = response(secure.getInputStream());
    if (response == null) {
      return new Fetched.Nothing(host + ": the answer is cut short");
    }
    try {
      return judge(host, response);
    } finally {
      response.release();
    }
  }

  private static Fetched judge(DomainName host, FullHttpResponse response) {
    if (response.decoderResult().isFailure()) {
      return new Fetched.Nothing(
          "%s: %s".formatted(host, response.decoderResult().cause().getMessage()));
    }
    if (response.status().code() != 200) {
      return new Fetched.Nothing(
          "%s: status %d (expected: 200)".formatted(host, response.status().code()));
    }
    String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE, "none");
    String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!bare.equals("text/plain")) {
      return new Fetched.Nothing(
          "%s: content type %s (expected: text/plain)"
              .formatted(host, type.length() > 60 ? type.substring(0, 60) : type));
    }
    return new Fetched.Text(response.content().toString(StandardCharsets.UTF_8));
  }

  /// The first final response; null when the connection ended before it was whole.
  private static @Nullable FullHttpResponse response(InputStream in) throws IOException {
    EmbeddedChannel reader =
        new EmbeddedChannel(
            new HttpResponseDecoder(MAX_LINE, MAX_HEADER, StsPolicy.MAX_OCTETS),
            new HttpObjectAggregator(StsPolicy.MAX_OCTETS));
    try {
      byte[] block = new byte[8192];
      long total = 0;
      while (true) {
        int count = in.read(block);
        total += Math.max(count, 0);
        if (total > MAX_HEADER + 2L * StsPolicy.MAX_OCTETS) {
          throw new IOException("more than %d octets".formatted(StsPolicy.MAX_OCTETS));
        }
        if (count < 0) {
          reader.finish();
        } else {
          reader.writeInbound(Unpooled.copiedBuffer(block, 0, count));
        }
        FullHttpResponse response = reader.readInbound();
        if (response != null && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
          return response;
        }
        ReferenceCountUtil.release(response);
        if (count < 0) {
          return null;
        }
      }
    } catch (PrematureChannelClosureException _) {
      return null;
    } catch (TooLongFrameException tooLong) {
      throw new IOException("more than %d octets".formatted(StsPolicy.MAX_OCTETS), tooLong);
    } finally {
      reader.finishAndReleaseAll();
    }
  }
}
