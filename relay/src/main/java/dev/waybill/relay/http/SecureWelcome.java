package dev.waybill.relay.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The beginning of a connection over TLS: chooses the certificate by the name that the client asks
/// for (SNI, RFC 6066 §3) and HTTP/2 or HTTP/1.1 by what it offers (ALPN, RFC 7301).
///
/// Confined to its event loop. A client that asks for an unknown name or for none is cut off before
/// any certificate is shown.
final class SecureWelcome extends AbstractSniHandler<SSLContext> {
  private static final Logger LOG = LoggerFactory.getLogger(SecureWelcome.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// The largest first message that is looked at, in octets.
  private static final int MAX_HELLO = 16 * 1024;

  private static final String HTTP_2 = "h2";
  private static final String[] PROTOCOLS = {HTTP_2, "http/1.1"};
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final HttpServer.Service service;
  private final HttpSettings.Secure secure;

  SecureWelcome(HttpServer.Service service, HttpSettings.Secure secure) {
    super(MAX_HELLO, PATIENCE.toMillis());
    this.service = service;
    this.secure = secure;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    super.channelActive(context);
    context.read();
  }

  @Override
  protected Future<SSLContext> lookup(ChannelHandlerContext context, @Nullable String hostname) {
    Optional<SSLContext> known =
        Optional.ofNullable(hostname)
            .map(name -> name.toLowerCase(Locale.ROOT))
            .flatMap(secure.contexts());
    return known.isPresent()
        ? context.executor().newSucceededFuture(known.get())
        : context.executor().newFailedFuture(new SSLException("no certificate for " + hostname));
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext context, @Nullable String hostname, Future<SSLContext> found) {
    if (!context.channel().isOpen()) {
      return;
    }
    if (!found.isSuccess()) {
      service.meters().handshakeFailed();
      LOG.debug("{}: no handshake", service.name(), found.cause());
      var _ = context.close();
      return;
    }
    SslHandler tls = new SslHandler(engine(found.getNow()));
    tls.setHandshakeTimeoutMillis(PATIENCE.toMillis());
    ChannelPipeline pipeline = context.pipeline();
    pipeline.addLast(new Negotiated());
    pipeline.replace(this, "tls", tls);
  }

  private static SSLEngine engine(SSLContext certificate) {
    SSLEngine engine = certificate.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(VERSIONS);
    parameters.setApplicationProtocols(PROTOCOLS);
    parameters.setUseCipherSuitesOrder(true);
    engine.setSSLParameters(parameters);
    return engine;
  }

  /// Waits for the end of the handshake and makes room for the protocol.
  private final class Negotiated extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
        context.fireUserEventTriggered(event);
        return;
      }
      if (!handshake.isSuccess()) {
        service.meters().handshakeFailed();
        LOG.debug("{}: a handshake failed", service.name(), handshake.cause());
        var _ = context.close();
        return;
      }
      ChannelPipeline pipeline = context.pipeline();
      SslHandler tls = pipeline.get(SslHandler.class);
      pipeline.remove(this);
      if (HTTP_2.equals(tls.engine().getApplicationProtocol())) {
        Http2Connection.begin(context.channel(), service);
      } else {
        Connection.begin(context.channel(), service, true);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      LOG.debug("{}: a connection ends", service.name(), cause);
      var _ = context.close();
    }
  }
}
