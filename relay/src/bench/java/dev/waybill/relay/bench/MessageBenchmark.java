package dev.waybill.relay.bench;

import dev.waybill.relay.admission.Admission;
import dev.waybill.relay.admission.ClientFacts;
import dev.waybill.relay.admission.Submission;
import dev.waybill.relay.admission.Verdict;
import dev.waybill.relay.dkim.DkimSigner;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.MimeOutline;
import dev.waybill.relay.queue.SubmittedBody;
import dev.waybill.relay.rendering.RenderedCopy;
import dev.waybill.relay.streams.Streams;
import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.testing.SubmittedMail;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/// What is computed for a message between its two connections; no disk, no network.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class MessageBenchmark {
  private static final DeliveryKey KEY = new DeliveryKey(SubmittedMail.ID, 0);
  private static final String LINK = "https://shop.example/offer/17?ref=weekly";

  private final byte[] plain = Mail.octets(Mail.text("shop.example", 2_000));
  private final byte[] html = Mail.octets(Mail.html("shop.example"));
  private final byte[] large = Mail.octets(Mail.text("shop.example", 100_000));
  private final HeaderBlock header = HeaderBlock.parse(plain);
  private final byte[] bodyHash = DkimSigner.bodyHash(plain, header.bodyStart());
  private final Admission admission =
      new Admission(
          DomainName.of("relay.example"),
          Admission.HeaderLimits.defaults(),
          Streams.builtIn(),
          name -> Optional.of(SubmittedMail.domain()),
          (_, _, _) -> Map.of());
  private final Submission submission =
      new Submission(
          SubmittedMail.ID,
          SubmittedMail.ACCEPTED,
          plain,
          new SubmittedBody.InMemory(plain),
          EmailAddress.of("app@shop.example"),
          List.of(EmailAddress.of("ann@rcpt.example")),
          Map.of(),
          null,
          new ClientFacts("app.example", InetAddress.getLoopbackAddress(), true, false, false),
          new Submission.Form(false, false));
  private final DkimSigner signer = new DkimSigner();
  private RenderingBench bench;
  private String token;

  @Setup
  public void start() throws InterruptedException {
    bench = new RenderingBench();
    token = bench.tokens().returnPath(KEY);
    // the native provider comes up beside the signer
    Thread.sleep(4_000);
  }

  @TearDown
  public void stop() {
    bench.close();
  }

  @Benchmark
  public Verdict admission() {
    return admission.judge(submission);
  }

  @Benchmark
  public MimeOutline outlineOfHtml() {
    return MimeOutline.of(html, HeaderBlock.parse(html));
  }

  @Benchmark
  public byte[] hashOf100Kb() {
    return DkimSigner.bodyHash(large, 1_000);
  }

  @Benchmark
  public byte[] signRsa2048() {
    return signer.sign(
        plain,
        header,
        bodyHash,
        SubmittedMail.DOMAIN,
        RenderingBench.rsaKey(),
        SubmittedMail.ACCEPTED);
  }

  @Benchmark
  public byte[] signEd25519() {
    return signer.sign(
        plain,
        header,
        bodyHash,
        SubmittedMail.DOMAIN,
        RenderingBench.ed25519Key(),
        SubmittedMail.ACCEPTED);
  }

  /// Signed with RSA-2048, like the next one.
  @Benchmark
  public RenderedCopy renderPlain() {
    return bench.render(SubmittedMail.transactional(plain), SubmittedMail.domain());
  }

  @Benchmark
  public RenderedCopy renderTrackedHtml() {
    return bench.render(
        SubmittedMail.transactional(html), SubmittedMail.domain(true, true, "links"));
  }

  @Benchmark
  public String makeLinkToken() {
    return bench.tokens().click(KEY, LINK);
  }

  @Benchmark
  public Optional<DeliveryKey> readReturnPath() {
    return bench.tokens().readReturnPath(token);
  }
}
