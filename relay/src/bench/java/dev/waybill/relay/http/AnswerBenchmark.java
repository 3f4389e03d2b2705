package dev.waybill.relay.http;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.tokens.Tokens;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A click on a link from its octets to the answer's: parsed, routed, its token opened, redirected;
/// without the socket and the event.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(3)
public class AnswerBenchmark {
  private static final InstantSource CLOCK = InstantSource.system();

  private RenderingBench bench;
  private EmbeddedChannel channel;
  private ByteBuf request;
  private String token;

  @Setup
  public void start() {
    bench = new RenderingBench();
    Tokens tokens = bench.tokens();
    token = tokens.click(new DeliveryKey(new UUID(1, 2), 3), "https://shop.example/orders/1042");
    Routes routes =
        new Routes(
            List.of(
                Route.get("/o/{file}", _ -> Response.text(200, "")).withoutWaiting(),
                Route.get("/c/{token}", asked -> follow(tokens, asked)).withoutWaiting(),
                Route.get("/u/{token}", _ -> Response.text(200, "")).withoutWaiting(),
                Route.get("/", _ -> Response.text(200, "")).withoutWaiting()));
    HttpSettings settings =
        new HttpSettings(
            "bench",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            1,
            HttpLimits.of(4096, 10),
            Map.of("Referrer-Policy", "no-referrer"),
            problem -> Response.text(problem.status(), problem.message()));
    HttpServer.Service service =
        new HttpServer.Service(
            settings,
            routes,
            Executors.newVirtualThreadPerTaskExecutor(),
            new ResponseWriter(settings.headers(), CLOCK),
            new HttpMeters("bench", new SimpleMeterRegistry()));
    channel = new EmbeddedChannel();
    channel.config().setAutoRead(false);
    Connection.begin(channel, service, false);
    request =
        Unpooled.directBuffer()
            .writeBytes(
                ("GET /c/" + token + " HTTP/1.1\r\nHost: 127.0.0.1:35221\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
  }

  private static Response follow(Tokens tokens, Request asked) {
    Tokens.Click click = tokens.readClick(asked.variable("token")).orElseThrow();
    return Response.redirect(302, click.destination()).with("Cache-Control", "no-store");
  }

  @TearDown
  public void stop() {
    channel.close();
    bench.close();
  }

  @Benchmark
  public int answer() {
    channel.writeInbound(request.retainedDuplicate());
    ByteBuf answer = channel.readOutbound();
    int length = answer.readableBytes();
    answer.release();
    return length;
  }

  @Benchmark
  public Tokens.Click token() {
    return bench.tokens().readClick(token).orElseThrow();
  }
}
