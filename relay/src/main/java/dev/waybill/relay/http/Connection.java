package dev.waybill.relay.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's connection: one request at a time, in order, each step with a deadline.
///
/// Confined to its event loop; handlers may run elsewhere, their answers come back to it. Nothing
/// is read from the socket while a request is being handled or answers lie unread, so what a client
/// sends ahead waits in the kernel, not in this process.
final class Connection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /// How long a refused client may go on sending before the connection is cut (RFC 9112 §9.6).
  private static final Duration LINGER = Duration.ofSeconds(2);

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private enum Phase {
    /// Between requests, or in the middle of a header.
    HEAD,
    BODY,
    HANDLING,
    /// The last answer is on its way; whatever comes is discarded.
    CLOSING
  }

  private final HttpServer.Service service;
  private final boolean secure;
  private final boolean framed;
  private final ArrayDeque<Object> decoded = new ArrayDeque<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private Phase phase = Phase.HEAD;
  private @Nullable RequestHead head;
  private boolean draining;
  private boolean stalled;
  private boolean finishing;

  /// Whether the deadline counts; a handler may take its time.
  private boolean limited = true;

  private long deadline;
  private long timerAt = Long.MAX_VALUE;
  private @Nullable Future<?> timer;

  /// @param secure whether it runs over TLS
  /// @param framed whether it is a stream of HTTP/2, which makes frames of its answers
  Connection(HttpServer.Service service, boolean secure, boolean framed) {
    this.service = service;
    this.secure = secure;
    this.framed = framed;
  }

  /// Speaks HTTP/1.1 on the channel from now on; on the event loop.
  static void begin(Channel channel, HttpServer.Service service, boolean secure) {
    channel.pipeline().addLast(new StrictRequestDecoder(), new Connection(service, secure, false));
  }

  /// Lets a request that has begun and answers on their way end, and closes then; on the event
  /// loop.
  void finish(ChannelHandlerContext context) {
    finishing = true;
    if (phase == Phase.HEAD) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /// Behind TLS the channel is active already.
  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    if (context.channel().isActive()) {
      channelActive(context);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    arm(context, service.limits().headTimeout());
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (phase == Phase.CLOSING) {
      ReferenceCountUtil.release(message);
    } else {
      decoded.add(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    drain(context);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (stalled && context.channel().isWritable()) {
      stalled = false;
      if (phase == Phase.HANDLING) {
        limited = false;
      } else {
        arm(context, service.limits().headTimeout());
      }
    }
    drain(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    decoded.forEach(ReferenceCountUtil::release);
    decoded.clear();
    if (timer != null) {
      timer.cancel(false);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("{}: connection of {} ends", service.name(), remote(context), cause);
    var _ = context.close();
  }

  /// Takes what is decoded as far as it goes; a loop, because clients may send thousands at once.
  private void drain(ChannelHandlerContext context) {
    if (draining) {
      return;
    }
    draining = true;
    try {
      do {
        while (mayTakeMore(context) && !decoded.isEmpty()) {
          Object message = decoded.remove();
          try {
            take(context, message);
          } finally {
            ReferenceCountUtil.release(message);
          }
        }
        if (context.channel().isWritable()) {
          Turn.flushAtEnd(context);
        } else {
          context.flush();
        }
      } while (mayTakeMore(context) && !decoded.isEmpty());
    } finally {
      draining = false;
    }
    if (phase == Phase.CLOSING) {
      return;
    }
    if (!context.channel().isWritable()) {
      if (!stalled) {
        stalled = true;
        arm(context, service.limits().writeTimeout());
      }
    } else if (phase != Phase.HANDLING) {
      context.read();
    }
  }

  private boolean mayTakeMore(ChannelHandlerContext context) {
    return (phase == Phase.HEAD || phase == Phase.BODY) && context.channel().isWritable();
  }

  private void take(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof HttpRequest request) {
        takeHead(context, request);
      }
      if (phase == Phase.BODY && message instanceof HttpContent content) {
        takeContent(context, content);
      }
    } catch (Refusal refusal) {
      answerLast(context, refusal.problem());
    }
  }

  private void takeHead(ChannelHandlerContext context, HttpRequest request) {
    RequestHead read = RequestHead.read(request, service.limits().maxBodyBytes());
    head = read;
    body.reset();
    phase = Phase.BODY;
    arm(context, service.limits().bodyTimeout());
    if (read.awaitsContinue()) {
      var _ =
          context.writeAndFlush(
              framed
                  ? new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE)
                  : Unpooled.wrappedBuffer(CONTINUE.clone()),
              context.voidPromise());
    }
  }

  private void takeContent(ChannelHandlerContext context, HttpContent content) {
    RequestHead.refuseFailure(content.decoderResult());
    ByteBuf bytes = content.content();
    int limit = service.limits().maxBodyBytes();
    if (body.size() + bytes.readableBytes() > limit) {
      throw new Refusal(Problem.payloadTooLarge(limit));
    }
    if (bytes.isReadable()) {
      byte[] chunk = new byte[bytes.readableBytes()];
      bytes.readBytes(chunk);
      body.writeBytes(chunk);
    }
    if (content instanceof LastHttpContent && head != null) {
      dispatch(context, head);
    }
  }

  private void dispatch(ChannelHandlerContext context, RequestHead complete) {
    phase = Phase.HANDLING;
    limited = false;
    if (!service.settings().hosts().test(complete.host())) {
      answer(context, service.present(Problem.misdirected()));
      return;
    }
    switch (service.routes().find(complete.method(), complete.target().path())) {
      case Routes.Match.Found(Route route, Map<String, String> variables) ->
          run(
              context,
              route,
              new Request(
                  complete.method(),
                  complete.target(),
                  complete.headers(),
                  body.toByteArray(),
                  remote(context),
                  variables));
      case Routes.Match.WrongMethod(var allowed) ->
          answer(
              context,
              service
                  .present(Problem.methodNotAllowed(complete.method()))
                  .with("Allow", String.join(", ", allowed)));
      case Routes.Match.NoSuchPath() ->
          answer(context, service.present(Problem.notFound("there is nothing at this path")));
      case Routes.Match.Malformed() ->
          answer(
              context,
              service.present(Problem.unreadable("the path is not percent-encoded UTF-8")));
    }
  }

  private void run(ChannelHandlerContext context, Route route, Request request) {
    if (route.inline()) {
      answer(context, service.handle(route, request));
      return;
    }
    try {
      service
          .handlers()
          .execute(() -> {
            Response response = service.handle(route, request);
            context
                .executor()
                .execute(() -> {
                  answer(context, response);
                  drain(context);
                });
          });
    } catch (RejectedExecutionException stopping) {
      answer(
          context,
          service.present(new Problem(503, "service_unavailable", "the server is stopping")));
    }
  }

  private void answer(ChannelHandlerContext context, Response response) {
    boolean keepAlive = head != null && head.keepAlive() && !finishing;
    if (!keepAlive) {
      answerLast(context, response);
      return;
    }
    var _ = context.write(encode(context, response, true), context.voidPromise());
    phase = Phase.HEAD;
    arm(context, service.limits().headTimeout());
  }

  private void answerLast(ChannelHandlerContext context, Problem problem) {
    answerLast(context, service.present(problem));
  }

  /// Closing at once would reset the connection and could take the answer with it, so the client is
  /// told that nothing more comes and what it still sends is thrown away for a moment.
  private void answerLast(ChannelHandlerContext context, Response response) {
    phase = Phase.CLOSING;
    arm(context, LINGER.plus(service.limits().writeTimeout()));
    context
        .writeAndFlush(encode(context, response, false))
        .addListener(written -> {
          if (written.isSuccess() && context.channel() instanceof SocketChannel socket) {
            var _ = socket.shutdownOutput();
            arm(context, LINGER);
            socket.config().setAutoRead(true);
          } else {
            var _ = context.close();
          }
        });
  }

  /// What is written for an answer.
  private Object encode(ChannelHandlerContext context, Response response, boolean keepAlive) {
    try {
      Object message = form(context, response, keepAlive);
      service.meters().answered(response.status());
      return message;
    } catch (IllegalArgumentException unwritable) {
      LOG.error("{}: an answer could not be written", service.name(), unwritable);
      service.meters().answered(500);
      return form(context, service.present(Problem.internal()), keepAlive);
    }
  }

  private Object form(ChannelHandlerContext context, Response response, boolean keepAlive) {
    String method = head == null ? "" : head.method();
    return framed
        ? service.responses().write(response, method, keepAlive, secure)
        : service.responses().octets(response, method, keepAlive, secure, context.alloc());
  }

  /// Moves the deadline; the timer behind it is only touched when it would fire too late.
  private void arm(ChannelHandlerContext context, Duration timeout) {
    limited = true;
    deadline = context.executor().ticker().nanoTime() + timeout.toNanos();
    if (deadline < timerAt) {
      if (timer != null) {
        timer.cancel(false);
      }
      schedule(context);
    }
  }

  private void schedule(ChannelHandlerContext context) {
    long delay = deadline - context.executor().ticker().nanoTime();
    timerAt = deadline;
    timer = context.executor().schedule(() -> check(context), delay, TimeUnit.NANOSECONDS);
  }

  private void check(ChannelHandlerContext context) {
    timer = null;
    timerAt = Long.MAX_VALUE;
    if (!limited || !context.channel().isActive()) {
      return;
    }
    if (context.executor().ticker().nanoTime() < deadline) {
      schedule(context);
    } else if (phase == Phase.BODY && !stalled) {
      answerLast(
          context, new Problem(408, "request_timeout", "the request body took too long to arrive"));
    } else {
      var _ = context.close();
    }
  }

  private static InetAddress remote(ChannelHandlerContext context) {
    return context.channel().remoteAddress() instanceof InetSocketAddress address
        ? address.getAddress()
        : InetAddress.getLoopbackAddress();
  }
}
