package dev.waybill.relay.app;

import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.config.RelaySettings;
import dev.waybill.relay.delivery.DeliveryEnvironment;
import dev.waybill.relay.queue.HealthGate;
import dev.waybill.relay.sources.WarmUps;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.transcripts.Transcripts;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.random.RandomGenerator;

/// Where what was said in attempts at deliveries goes.
final class Transcribing {
  private Transcribing() {}

  /// While the storage is in trouble, mail has what room there is.
  static Transcripts open(
      RelaySettings settings, Database database, HealthGate health, MeterRegistry meters)
      throws IOException {
    return Transcripts.open(
        settings.queue().retention().transcripts(),
        database,
        settings.machine().dataDir(),
        new Transcripts.Surroundings(
            SystemClock.instants(), () -> health.state() instanceof HealthGate.State.Open, meters));
  }

  /// Surroundings in which delivery hands in what was said.
  static DeliveryEnvironment environment(
      Transcripts transcripts, WarmUps warmUps, RandomGenerator random, MeterRegistry meters) {
    return new DeliveryEnvironment(SystemClock.nanos(), random, meters, transcripts::keep, warmUps);
  }
}
