package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.feedback.DoorSettings;
import dev.waybill.relay.feedback.Receiver;
import dev.waybill.relay.feedback.ReceivingDoor;
import dev.waybill.relay.tls.ServerCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The mail host behind every MX of the sandbox's DNS: judges and keeps what arrives.
///
/// Start and stop it from one thread. Addresses of any domain behave as they are called: `bounce@`
/// is refused for good, `defer@` for now, `complain@` accepts the message and reports it as spam,
/// and `discard@` accepts and only counts it.
public final class SandboxMailHost {
  private static final Logger log = LoggerFactory.getLogger(SandboxMailHost.class);
  private static final int MAX_MESSAGE_SIZE = 50 * 1024 * 1024;
  private static final int MAX_CONNECTIONS = 500;
  private static final int MAX_RECIPIENTS = 100;

  private final ReceivingDoor door;
  private final AtomicInteger discarded = new AtomicInteger();

  /// @param listen on loopback, port 0 for a free one
  /// @param tls for STARTTLS; null to offer none
  /// @param nanos a monotonic clock in nanoseconds
  public SandboxMailHost(
      InetSocketAddress listen,
      @Nullable SSLContext tls,
      ReceiverChecks checks,
      Mailroom mailroom,
      ArfSender complaints,
      LongSupplier nanos) {
    DoorSettings settings =
        new DoorSettings(
            listen,
            SandboxZone.MAIL_HOST.value(),
            MAX_MESSAGE_SIZE,
            MAX_RECIPIENTS,
            MAX_CONNECTIONS,
            MAX_CONNECTIONS,
            0,
            tls);
    this.door =
        new ReceivingDoor(settings, new Doorman(checks, mailroom, complaints, discarded), nanos);
  }

  /// A certificate for 127.0.0.1 and localhost that nobody but the sandbox trusts.
  ///
  /// @param folder where it is kept
  /// @throws IOException when it cannot be made or read
  public static ServerCertificate certificate(Path folder) throws IOException {
    return ServerCertificate.selfSigned(
        folder,
        "sandbox-tls",
        "Waybill sandbox",
        List.of("dns:localhost", "ip:127.0.0.1", "dns:" + SandboxZone.MAIL_HOST));
  }

  public void start() {
    door.start();
    log.info("Sandbox mail host listens on {}", door.address());
  }

  /// Where it listens, with the port that was really taken; only after [#start].
  public InetSocketAddress address() {
    return door.address();
  }

  /// How many messages to `discard@` have come.
  public int discarded() {
    return discarded.get();
  }

  public void stop() {
    door.stop();
  }

  private record Doorman(
      ReceiverChecks checks, Mailroom mailroom, ArfSender complaints, AtomicInteger discarded)
      implements Receiver {
    @Override
    public Answer recipient(String address) {
      return switch (name(address)) {
        case "bounce" -> new Answer(550, "5.1.1 No such user, as the address asks for");
        case "defer" -> new Answer(451, "4.7.1 Try again later, as the address asks for");
        case String _ -> Answer.ok("2.1.5 Ok");
      };
    }

    @Override
    public Answer message(Arrival arrival) {
      if (arrival.recipients().stream().allMatch(address -> name(address).equals("discard"))) {
        discarded.incrementAndGet();
        return Answer.ok("2.0.0 Discarded, as the address asks for");
      }
      Mailroom.Letter letter = mailroom.add(arrival, checks.examine(arrival));
      if (arrival.recipients().stream().anyMatch(address -> name(address).equals("complain"))) {
        complaints.complainLater(arrival);
      }
      return Answer.ok("2.0.0 Arrived as " + letter.id());
    }

    /// The local part without its detail: `bounce` of `bounce+7@example.org`.
    private static String name(String address) {
      String local = address.substring(0, Math.max(0, address.lastIndexOf('@')));
      int plus = local.indexOf('+');
      return (plus < 0 ? local : local.substring(0, plus)).toLowerCase(Locale.ROOT);
    }
  }
}
