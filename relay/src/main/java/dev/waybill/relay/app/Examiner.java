package dev.waybill.relay.app;

import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.config.RelaySettings;
import dev.waybill.relay.delivery.AddressPolicy;
import dev.waybill.relay.dns.Resolver;
import dev.waybill.relay.doctor.Doctor;
import dev.waybill.relay.doctor.DoctorSettings;
import dev.waybill.relay.doctor.Instruments;
import dev.waybill.relay.doctor.Instruments.Inspected;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.tokens.Tokens;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/// Connects the doctor, who looks at this host as others do. Stateless.
final class Examiner {
  private Examiner() {}

  /// What of the relay the doctor looks at.
  ///
  /// @param certificate what the doors show to clients
  /// @param feedbackPort where the feedback door listens; asked when it does
  record Rooms(
      Domains domains,
      Tokens tokens,
      Supplier<X509Certificate> certificate,
      IntSupplier feedbackPort) {}

  static Doctor of(RelaySettings settings, Rooms rooms, TimeOrderedIds ids, InstantSource clock) {
    DoctorSettings ours =
        new DoctorSettings(
            settings.machine().hostname(),
            settings.delivery().heloName(),
            settings.delivery().sources(),
            new AddressPolicy(settings.delivery().allowNetworks())::permits,
            settings.delivery().port(),
            settings.plan().feedbackHost(),
            rooms.feedbackPort(),
            settings.rendering().trackingBase(),
            DoctorSettings.STEP,
            DoctorSettings.WHOLE);
    return new Doctor(
        ours,
        new Instruments(
            new Resolver(settings.dns().servers(), DoctorSettings.STEP).uncached(),
            Inspected.by(rooms.domains()),
            rooms.tokens(),
            rooms.certificate(),
            () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
            ids,
            clock,
            SystemClock.nanos()));
  }
}
