package dev.waybill.relay.doctor;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.sources.SourcePools;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/// What the relay is configured to be, as far as others notice.
///
/// @param hostname the relay's own name
/// @param heloName what it says in EHLO where the system decides from where it connects
/// @param sources where it connects from
/// @param permits whether a connection may be opened to an address at all
/// @param mailPort where mail hosts listen, 25 but for tests and the sandbox
/// @param feedbackHost the MX of the return paths
/// @param feedbackPort where the feedback door really listens
/// @param trackingBase where links lead for domains without a tracking host of their own
/// @param step how long one look-up, one connection or one reply may take
/// @param whole how long an examination may take
public record DoctorSettings(
    DomainName hostname,
    String heloName,
    SourcePools sources,
    Predicate<InetAddress> permits,
    int mailPort,
    DomainName feedbackHost,
    IntSupplier feedbackPort,
    URI trackingBase,
    Duration step,
    Duration whole) {
  /// For one look-up, one connection or one reply.
  public static final Duration STEP = Duration.ofSeconds(5);

  /// For an examination.
  public static final Duration WHOLE = Duration.ofSeconds(20);

  public DoctorSettings {
    Objects.requireNonNull(hostname, "hostname");
    Objects.requireNonNull(sources, "sources");
    if (!step.isPositive() || step.compareTo(whole) > 0) {
      throw new IllegalArgumentException(
          "step %s (expected: more than 0, at most the whole %s)".formatted(step, whole));
    }
  }
}
