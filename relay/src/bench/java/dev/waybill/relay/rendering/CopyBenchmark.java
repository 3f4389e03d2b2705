package dev.waybill.relay.rendering;

import dev.waybill.relay.bench.Mail;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.MimeOutline;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.testing.SubmittedMail;
import java.net.URI;
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

/// The copy of one recipient without its signature: 10 KB in two forms, twenty links, everything on.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(3)
public class CopyBenchmark {
  private static final RenderingSettings SETTINGS =
      new RenderingSettings(
          DomainName.of("relay.example"), URI.create(RenderingBench.BASE), MimeOutline.DEPTH);

  private final SubmittedMail mail = SubmittedMail.marketing(Mail.html("shop.example"));
  private final SendingDomain domain = SubmittedMail.domain(true, true, "links");
  private final ReadyDelivery delivery = mail.to("ann@rcpt.example");
  private final PreparedMessage prepared =
      PreparedMessage.of(delivery.message().facts(), mail.bytes(), SETTINGS);
  private RenderingBench bench;

  @Setup
  public void start() {
    bench = new RenderingBench();
  }

  @TearDown
  public void stop() {
    bench.close();
  }

  /// The first recipient of a message pays for looking through it.
  @Benchmark
  public byte[] firstOfAMessage() {
    return copy(PreparedMessage.of(delivery.message().facts(), mail.bytes(), SETTINGS));
  }

  @Benchmark
  public byte[] eachAfterTheFirst() {
    return copy(prepared);
  }

  private byte[] copy(PreparedMessage message) {
    return message
        .copy(new CopyUrls(bench.tokens(), delivery, domain, SETTINGS.base()), true, true)
        .bytes();
  }
}
