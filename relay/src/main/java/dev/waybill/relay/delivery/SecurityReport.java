package dev.waybill.relay.delivery;

import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.smtp.ClientSession;
import dev.waybill.relay.transport.DomainPolicy;
import dev.waybill.relay.transport.HostDemand;
import dev.waybill.relay.transport.TlsSession;
import dev.waybill.relay.transport.Transport;
import dev.waybill.relay.transport.TransportLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells how well connections are secured: to events, to metrics, to what recipients' domains hear
/// and, where a host was better before, to the log. Any thread may call it.
final class SecurityReport {
  private static final Logger LOG = LoggerFactory.getLogger(SecurityReport.class);
  private static final int MAX_REASON = 300;

  private final Transport transport;
  private final DeliveryMeters meters;

  SecurityReport(Transport transport, DeliveryMeters meters) {
    this.transport = transport;
    this.meters = meters;
  }

  /// A session stands.
  ///
  /// @param whyClear why it is in clear, if it is
  AttemptOutcome.Security opened(
      ClientSession session, HostDemand.Open demand, HostConnector.Call call, String whyClear) {
    DomainPolicy policy = call.plan().policy();
    transport.opened(session, call.domain(), demand, policy, whyClear);
    boolean clear = session.tls().isEmpty();
    TransportLevel level = clear ? TransportLevel.NONE : demand.level();
    Optional<String> problem = clear ? Optional.of(whyClear) : session.certificateProblem();
    List<String> reasons = new ArrayList<>();
    problem.ifPresent(reasons::add);
    if (demand.testing()) {
      demand
          .tested()
          .or(() -> problem)
          .ifPresent(why -> reasons.add("the MTA-STS policy, which is in testing, fails: " + why));
    }
    Optional<String> worse = transport.note(session, level, policy);
    worse.ifPresent(how -> {
      LOG.warn("{} is less secure than before: {}", session.host(), how);
      meters.downgraded();
    });
    meters.secured(level, clear ? "clear" : session.isVerified() ? "verified" : "unverified");
    return new AttemptOutcome.Security(
        level.text(),
        reasons.isEmpty() ? null : cut(String.join("; ", reasons)),
        worse.orElse(null));
  }

  /// There is no session with a host, because of what it is to keep to.
  void failed(
      TlsSession.Contact contact, HostDemand demand, HostConnector.Call call, String reason) {
    meters.secured(demand.level(), "failed");
    transport.failed(contact, demand, call.plan().policy(), reason);
  }

  private static String cut(String text) {
    return text.length() > MAX_REASON ? text.substring(0, MAX_REASON) : text;
  }
}
