package dev.waybill.relay.feedback;

import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.report.ReportReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The feedback door with everything behind it. Start and stop it from one thread.
public final class FeedbackServer {
  private static final Logger log = LoggerFactory.getLogger(FeedbackServer.class);

  private final ReceivingDoor door;

  /// @param nanos a monotonic clock in nanoseconds
  public FeedbackServer(
      FeedbackSettings settings,
      Ledger ledger,
      InstantSource clock,
      LongSupplier nanos,
      MeterRegistry meters) {
    this.door =
        new ReceivingDoor(
            settings.door(),
            new FeedbackIntake(
                ledger.readToken(),
                new LateNews(ledger, clock, meters, BounceJudge.load()),
                new Letterboxes(ledger, settings.names(), clock, nanos),
                ReportReader.load()),
            nanos);
  }

  /// @throws java.io.UncheckedIOException when the port cannot be opened
  public void start() {
    door.start();
    log.info("Feedback door listens on {}", door.address());
  }

  /// Where it listens, with the port that was really taken; only after [#start].
  public InetSocketAddress address() {
    return door.address();
  }

  /// Closes the port and every connection.
  public void stop() {
    door.stop();
  }
}
