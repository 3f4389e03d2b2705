package dev.waybill.relay.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's connection in HTTP/2 (RFC 9113): every stream is a [Connection] of one request, and
/// this handler watches over them all.
///
/// Confined to its event loop. What one client may cost is bounded by Netty: streams at a time,
/// header size, resets in a row (CVE-2023-44487), CONTINUATION frames (CVE-2024-27983 and its kin),
/// empty DATA frames, answers to pings and settings. Here: nothing more is read while answers lie
/// unread, and who asks for nothing is sent away, pings or not.
final class Http2Connection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);
  private static final int MAX_STREAMS = 100;
  private static final int MAX_RESETS = 200;
  private static final int RESET_WINDOW_SECONDS = 30;
  private static final int MAX_SMALL_CONTINUATIONS = 16;
  private static final int MAX_EMPTY_DATA = 2;
  private static final int MAX_CONTROL_FRAMES = 1_000;
  private static final Duration GOODBYE = Duration.ofSeconds(5);

  private final HttpServer.Service service;
  private int streams;

  /// Since when there is nothing to wait for, or nothing can be written, in the loop's nanoseconds.
  private long since;

  private @Nullable Future<?> timer;

  private Http2Connection(HttpServer.Service service) {
    this.service = service;
  }

  /// Takes the channel over once its client has chosen HTTP/2; on the event loop.
  static void begin(Channel channel, HttpServer.Service service) {
    Http2Connection watch = new Http2Connection(service);
    channel
        .pipeline()
        .addLast(
            codec(),
            new Http2MultiplexHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel stream) {
                    watch.welcome(stream);
                  }
                }),
            watch);
    channel.config().setAutoRead(true);
  }

  private static Http2FrameCodec codec() {
    return Http2FrameCodecBuilder.forServer()
        .initialSettings(
            Http2Settings.defaultSettings()
                .maxConcurrentStreams(MAX_STREAMS)
                .maxHeaderListSize(HttpLimits.MAX_HEADER))
        .decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
        .encoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
        .decoderEnforceMaxSmallContinuationFrames(MAX_SMALL_CONTINUATIONS)
        .decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_DATA)
        .encoderEnforceMaxQueuedControlFrames(MAX_CONTROL_FRAMES)
        .gracefulShutdownTimeoutMillis(GOODBYE.toMillis())
        .build();
  }

  private void welcome(Channel stream) {
    streams++;
    stream
        .closeFuture()
        .addListener(_ -> {
          streams--;
          since = stream.eventLoop().ticker().nanoTime();
        });
    stream
        .pipeline()
        .addLast(new Http2StreamFrameToHttpObjectCodec(true), new Connection(service, true, true));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    since = context.executor().ticker().nanoTime();
    Duration turn = service.limits().headTimeout().dividedBy(2);
    timer =
        context
            .executor()
            .scheduleAtFixedRate(
                () -> check(context), turn.toNanos(), turn.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (timer != null) {
      timer.cancel(false);
    }
    context.fireChannelInactive();
  }

  /// Settings, pings and the like, which the codec has dealt with.
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    boolean writable = context.channel().isWritable();
    context.channel().config().setAutoRead(writable);
    since = context.executor().ticker().nanoTime();
    context.fireChannelWritabilityChanged();
  }

  /// What breaks the protocol, the codec itself ends, with a reason.
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("{}: an HTTP/2 connection ends", service.name(), cause);
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) == null) {
      var _ = context.close();
    }
  }

  private void check(ChannelHandlerContext context) {
    long waited = context.executor().ticker().nanoTime() - since;
    boolean idle = streams == 0 && waited >= service.limits().headTimeout().toNanos();
    boolean unread =
        !context.channel().isWritable() && waited >= service.limits().writeTimeout().toNanos();
    if (idle || unread) {
      var _ = context.channel().close();
    }
  }
}
