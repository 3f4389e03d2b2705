package dev.waybill.relay.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An HTTP server: binds, serves its routes, stops with grace. It speaks HTTP/1.1, and HTTP/2 to
/// clients that choose it within TLS.
///
/// `start` and `stop` belong to the one thread that runs the relay's life; `port` may be called by
/// any. Handlers run on virtual threads, one per request, unless their route says that it never
/// waits.
public final class HttpServer {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  /// What all connections of one server share.
  record Service(
      HttpSettings settings,
      Routes routes,
      ExecutorService handlers,
      ResponseWriter responses,
      HttpMeters meters) {

    String name() {
      return settings.name();
    }

    HttpLimits limits() {
      return settings.limits();
    }

    Response present(Problem problem) {
      return settings.problems().apply(problem);
    }

    /// Every failure becomes an answer: otherwise the client and its connection would wait forever.
    Response handle(Route route, Request request) {
      try {
        return route.handler().handle(request);
      } catch (Refusal refusal) {
        return present(refusal.problem());
      } catch (Throwable fault) {
        // The pattern, not the path: paths carry tokens.
        LOG.error("{}: {} {} failed", name(), request.method(), route.pattern(), fault);
        return present(Problem.internal());
      }
    }
  }

  private final Service service;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private @Nullable MultiThreadIoEventLoopGroup eventLoops;
  private volatile @Nullable Channel listener;
  private volatile @Nullable Channel tlsListener;

  public HttpServer(
      HttpSettings settings, Routes routes, InstantSource clock, MeterRegistry meters) {
    this.service =
        new Service(
            settings,
            routes,
            Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name(settings.name() + "-request-", 0).factory()),
            new ResponseWriter(settings.headers(), clock),
            new HttpMeters(settings.name(), meters));
  }

  /// Binds and serves; once only.
  ///
  /// @throws UncheckedIOException when an address cannot be bound
  public void start() {
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            service.settings().eventLoops(),
            new DefaultThreadFactory(service.name() + "-io"),
            NioIoHandler.newFactory());
    eventLoops = group;
    listener = listen(group, service.settings().listen(), "listen", this::welcomePlain);
    service
        .settings()
        .secure()
        .ifPresent(secure ->
            tlsListener =
                listen(
                    group,
                    secure.listen(),
                    "listen-tls",
                    channel -> channel.pipeline().addLast(new SecureWelcome(service, secure))));
  }

  private Channel listen(
      MultiThreadIoEventLoopGroup group,
      InetSocketAddress address,
      String key,
      Consumer<Channel> protocol) {
    var bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    welcome(channel, protocol);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
      throw new UncheckedIOException(
          "%s.%s: %s cannot be bound (expected: a free local address)"
              .formatted(service.name(), key, address),
          new IOException(bound.cause()));
    }
    LOG.info("{}: listening on {}", service.name(), bound.channel().localAddress());
    return bound.channel();
  }

  /// The port that is really bound.
  ///
  /// @throws IllegalStateException before [#start]
  public int port() {
    return port(listener);
  }

  /// The port that is really bound for TLS.
  ///
  /// @throws IllegalStateException before [#start], or when there is none
  public int tlsPort() {
    return port(tlsListener);
  }

  private int port(@Nullable Channel channel) {
    if (channel == null || !(channel.localAddress() instanceof InetSocketAddress address)) {
      throw new IllegalStateException(
          "the %s server does not listen there".formatted(service.name()));
    }
    return address.getPort();
  }

  /// Stops listening at once, lets running requests end for at most the grace, then cuts the rest.
  public void stop(Duration grace) {
    MultiThreadIoEventLoopGroup group = eventLoops;
    if (group == null) {
      return;
    }
    Stream.of(listener, tlsListener)
        .filter(Objects::nonNull)
        .forEach(listening -> listening.close().awaitUninterruptibly());
    for (Channel channel : connections) {
      ChannelHandlerContext context = channel.pipeline().context(Connection.class);
      if (context != null && context.handler() instanceof Connection connection) {
        context.executor().execute(() -> connection.finish(context));
      } else {
        // says goodbye in HTTP/2 and waits for its streams; ends a handshake
        var _ = channel.close();
      }
    }
    if (!connections.newCloseFuture().awaitUninterruptibly(grace.toMillis())) {
      LOG.warn("{}: {} requests did not end in time", service.name(), connections.size());
    }
    connections.close().awaitUninterruptibly();
    service.handlers().shutdown();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private void welcome(Channel channel, Consumer<Channel> protocol) {
    int open = service.meters().opened();
    channel.closeFuture().addListener(_ -> service.meters().closed());
    if (open > service.limits().maxConnections()) {
      service.meters().turnedAway();
      var _ = channel.close();
      return;
    }
    connections.add(channel);
    protocol.accept(channel);
  }

  private void welcomePlain(Channel channel) {
    Connection.begin(channel, service, false);
  }
}
