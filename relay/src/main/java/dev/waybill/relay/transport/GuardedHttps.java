package dev.waybill.relay.transport;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.TrustedAuthorities;
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
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// One request by HTTPS to a host that a stranger picked. Any thread may call it; it blocks.
///
/// The owner of a recipient's domain picks the host, so it is treated as hostile: only addresses
/// that mail may go to are called on, redirects are not followed, the certificate must be valid for
/// the name, and octets and time are bounded.
public final class GuardedHttps {
  private static final int MAX_ADDRESSES = 2;
  private static final int MAX_LINE = 4096;
  private static final int MAX_HEADER = 16 * 1024;
  private static final int STANDARD_PORT = 443;

  /// What to say.
  ///
  /// @param method `GET` or `POST`
  /// @param target path and query
  /// @param fields further header fields, each with its CR LF
  public record Request(
      String method, DomainName host, int port, String target, String fields, byte[] body) {
    byte[] octets() {
      String head =
          "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: waybill\r\n%sConnection: close\r\n\r\n"
              .formatted(method, target, port == STANDARD_PORT ? host : host + ":" + port, fields);
      byte[] start = head.getBytes(StandardCharsets.US_ASCII);
      byte[] all = new byte[start.length + body.length];
      System.arraycopy(start, 0, all, 0, start.length);
      System.arraycopy(body, 0, all, start.length, body.length);
      return all;
    }
  }

  /// What came of it.
  public sealed interface Answer {
    /// @param type the media type as it stands in the header, `none` without one
    record Response(int status, String type, String text) implements Answer {}

    /// @param untrusted whether TLS is what failed
    record Nothing(String reason, boolean untrusted) implements Answer {}
  }

  private final PublishedRecords dns;
  private final Predicate<InetAddress> permitted;
  private final SSLSocketFactory tls;
  private final Duration limit;
  private final int maxOctets;

  /// @param dns finds the host
  /// @param permitted which addresses may be called on
  /// @param tls trusts the authorities that count
  /// @param limit for the whole exchange with one address
  /// @param maxOctets of a response's content
  public GuardedHttps(
      PublishedRecords dns,
      Predicate<InetAddress> permitted,
      SSLSocketFactory tls,
      Duration limit,
      int maxOctets) {
    this.dns = dns;
    this.permitted = permitted;
    this.tls = tls;
    this.limit = limit;
    this.maxOctets = maxOctets;
  }

  /// What makes sockets that trust these authorities.
  ///
  /// @param trusted a PEM file; empty for those of the Java runtime
  /// @throws IllegalArgumentException when the file cannot be read
  public static SSLSocketFactory trusting(Optional<Path> trusted) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {TrustedAuthorities.of(trusted)}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }

  /// Asks one address of the host after the other until one answers.
  public Answer call(Request request) {
    DomainName host = request.host();
    if (!(dns.addresses(host) instanceof Lookup.Found<InetAddress>(List<InetAddress> addresses))) {
      return new Answer.Nothing("%s has no address".formatted(host), false);
    }
    List<InetAddress> open = addresses.stream().filter(permitted).limit(MAX_ADDRESSES).toList();
    Answer last =
        new Answer.Nothing(
            "%s: %s is not a public address, and not in delivery.allow-networks"
                .formatted(host, addresses.getFirst().getHostAddress()),
            false);
    for (InetAddress address : open) {
      last = within(request, address);
      if (last instanceof Answer.Response) {
        return last;
      }
    }
    return last;
  }

  /// A reply that trickles in gains nothing: when the time is up, the socket is closed under it.
  private Answer within(Request request, InetAddress address) {
    DomainName host = request.host();
    Socket socket = new Socket();
    FutureTask<Answer> exchange = new FutureTask<>(() -> exchange(socket, request, address));
    Thread.ofVirtual().name("guarded-https").start(exchange);
    try (socket) {
      return exchange.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      return new Answer.Nothing("%s: nothing complete within %s".formatted(host, limit), false);
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause();
      return new Answer.Nothing(
          "%s: %s".formatted(host, cause instanceof IOException io ? io.getMessage() : cause),
          cause instanceof SSLException);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Answer.Nothing("interrupted", false);
    } catch (IOException closing) {
      return new Answer.Nothing("%s: %s".formatted(host, closing.getMessage()), false);
    }
  }

  private Answer exchange(Socket socket, Request request, InetAddress address) throws IOException {
    DomainName host = request.host();
    int millis = Math.toIntExact(limit.toMillis());
    socket.setSoTimeout(millis);
    socket.connect(new InetSocketAddress(address, request.port()), millis);
    SSLSocket secure = (SSLSocket) tls.createSocket(socket, host.value(), request.port(), true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    OutputStream out = secure.getOutputStream();
    out.write(request.octets());
    out.flush();
    FullHttpResponse response = response(secure.getInputStream());
    if (response == null) {
      return new Answer.Nothing(host + ": the answer is cut short", false);
    }
    try {
      return response.decoderResult().isFailure()
          ? new Answer.Nothing(
              "%s: %s".formatted(host, response.decoderResult().cause().getMessage()), false)
          : new Answer.Response(
              response.status().code(),
              response.headers().get(HttpHeaderNames.CONTENT_TYPE, "none"),
              response.content().toString(StandardCharsets.UTF_8));
    } finally {
      response.release();
    }
  }

  /// The first final response; null when the connection ended before it was whole.
  private @Nullable FullHttpResponse response(InputStream in) throws IOException {
    EmbeddedChannel reader =
        new EmbeddedChannel(
            new HttpResponseDecoder(MAX_LINE, MAX_HEADER, maxOctets),
            new HttpObjectAggregator(maxOctets));
    try {
      byte[] block = new byte[8192];
      long total = 0;
      while (true) {
        int count = in.read(block);
        total += Math.max(count, 0);
        if (total > MAX_HEADER + 2L * maxOctets) {
          throw new IOException("more than %d octets".formatted(maxOctets));
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
      throw new IOException("more than %d octets".formatted(maxOctets), tooLong);
    } finally {
      reader.finishAndReleaseAll();
    }
  }
}
