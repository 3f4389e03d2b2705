package dev.waybill.relay.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.routes.Smarthost;
import dev.waybill.relay.smtp.ClientSession;
import dev.waybill.relay.smtp.Credentials;
import dev.waybill.relay.smtp.Dialing;
import dev.waybill.relay.smtp.Opening;
import dev.waybill.relay.smtp.SmtpClient;
import dev.waybill.relay.smtp.Stage;
import dev.waybill.relay.smtp.TlsPolicy;
import dev.waybill.relay.smtp.Way;
import dev.waybill.relay.sources.SourceChoice;
import dev.waybill.relay.transport.HostDemand;
import dev.waybill.relay.transport.TlsSession;
import dev.waybill.relay.transport.Transport;
import dev.waybill.relay.transport.TransportLevel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Finds a host of a site that talks to us, as safely as the site has to be talked to. Any thread
/// may call it; it blocks, so call from virtual threads.
///
/// Hosts go by preference; see [HostWays] for the addresses of one. Addresses that failed in the
/// last five minutes are tried last, so that a dead first host costs its time-out once and not once
/// per connection.
final class HostConnector {
  private static final int MAX_ADDRESSES = 8;
  private static final String IN_CLEAR = "the host does not offer STARTTLS";

  /// What came of looking for a host.
  sealed interface Contact {
    /// @param security what the connection keeps to
    /// @param source where it comes from; empty where that was left to the system
    record Open(
        ClientSession session, AttemptOutcome.Security security, Optional<InetAddress> source)
        implements Contact {}

    /// @param unresolved whether the DNS did not answer and no address was tried: nothing is known
    ///   about the hosts
    /// @param security what the hosts would not keep to; null when that is not why
    /// @param refusal the reply by which a host that is up turned us away before any mail was
    ///   spoken of, such as `421 4.7.0 too many connections`; null where none did
    /// @param finding that no host keeps to REQUIRETLS, in the words a host would have used, where
    ///   all of them were asked (RFC 8689 §4.2.1); null where another attempt may find one
    record None(
        String reason,
        boolean unresolved,
        AttemptOutcome.@Nullable Security security,
        @Nullable String refusal,
        @Nullable String finding)
        implements Contact {
      AttemptOutcome outcome() {
        return finding == null
            ? new AttemptOutcome.Unreachable(reason, security)
            : new AttemptOutcome.Rejected(null, finding, security);
      }
    }
  }

  /// Whom a contact is for.
  ///
  /// @param domain the recipient's
  /// @param enforced whether only a valid certificate will do
  /// @param sources where to come from
  /// @param minutes of the attempt
  record Call(
      MxPlan plan, SourceChoice sources, DomainName domain, boolean enforced, Minutes minutes) {
    /// Whether only a host will do that keeps to REQUIRETLS.
    boolean requiresTls() {
      return plan.policy().requireTls();
    }
  }

  /// A host with addresses to be tried.
  private record Candidate(String host, HostDemand.Open demand, List<Way> ways) {
    /// Its name and port: what it offers is the same at all of its addresses.
    String place() {
      return host + ":" + ways.getFirst().address().getPort();
    }
  }

  private final SmtpClient client;
  private final Transport transport;
  private final HostWays hostWays;
  private final RandomGenerator random;
  private final SecurityReport report;
  private final Cache<InetSocketAddress, Boolean> suspects = remembered();

  /// Hosts that do not offer REQUIRETLS: all mail that asks for it need not call on them.
  private final Cache<String, Boolean> lacking = remembered();

  HostConnector(
      SmtpClient client,
      Transport transport,
      HostWays hostWays,
      RandomGenerator random,
      DeliveryMeters meters) {
    this.client = client;
    this.transport = transport;
    this.hostWays = hostWays;
    this.random = random;
    this.report = new SecurityReport(transport, meters);
  }

  private static <K> Cache<K, Boolean> remembered() {
    return Caffeine.newBuilder()
        .maximumSize(10_000)
        .expireAfterWrite(Duration.ofMinutes(5))
        .build();
  }

  /// Tries host after host until one opens a session.
  Contact open(Call call) {
    Reasons reasons = new Reasons(call.minutes());
    List<Candidate> later = new ArrayList<>();
    for (String host : call.plan().hosts(random)) {
      Candidate candidate = candidate(host, call, reasons);
      if (candidate == null) {
        continue;
      }
      List<Way> doubtful = new ArrayList<>();
      List<Way> good = new ArrayList<>();
      candidate
          .ways()
          .forEach(
              way -> (suspects.getIfPresent(way.address()) == null ? good : doubtful).add(way));
      if (!doubtful.isEmpty()) {
        later.add(new Candidate(host, candidate.demand(), doubtful));
      }
      Contact.Open open = open(new Candidate(host, candidate.demand(), good), call, reasons);
      if (open != null) {
        return open;
      }
    }
    for (Candidate candidate : later) {
      Contact.Open open = open(candidate, call, reasons);
      if (open != null) {
        return open;
      }
    }
    return reasons.none();
  }

  /// The host at this address let us down in mid-conversation: others go first for a while.
  void suspect(InetSocketAddress address) {
    suspects.put(address, true);
  }

  private @Nullable Candidate candidate(String host, Call call, Reasons reasons) {
    Optional<Smarthost> smarthost = call.plan().smarthost();
    if (smarthost.isPresent()) {
      return candidate(smarthost.get(), call, reasons);
    }
    Optional<DomainName> name = DomainName.parse(host);
    if (name.isEmpty() || isAddress(host)) {
      reasons.add("%s: not the name of a host".formatted(host));
      return null;
    }
    List<Way> ways =
        ways(
            host,
            transport.addresses(name.get(), call.plan().policy()),
            addresses ->
                hostWays.of(
                    addresses,
                    call.sources(),
                    (address, why) -> reasons.add(name(host, address) + ": " + why)),
            reasons);
    return candidate(
        host,
        ways,
        () -> transport.demand(name.get(), call.domain(), call.plan().policy(), call.enforced()),
        call,
        reasons);
  }

  /// A host that the operator names keeps to what the operator says.
  private @Nullable Candidate candidate(Smarthost smarthost, Call call, Reasons reasons) {
    String host = smarthost.host().toString();
    Lookup<InetAddress> found =
        switch (smarthost.host()) {
          case Smarthost.Host.Literal(InetAddress address) -> new Lookup.Found<>(List.of(address));
          case Smarthost.Host.Named named when named.isLoopback() ->
              new Lookup.Found<>(List.of(InetAddress.getLoopbackAddress()));
          case Smarthost.Host.Named(DomainName name) ->
              transport.addresses(name, call.plan().policy());
        };
    List<Way> ways =
        ways(
            host,
            found,
            addresses ->
                hostWays.of(
                    addresses,
                    call.sources(),
                    smarthost.port(),
                    (address, why) -> reasons.add(name(host, address) + ": " + why)),
            reasons);
    return candidate(
        host, ways, () -> smarthost.demand(call.enforced() || call.requiresTls()), call, reasons);
  }

  private List<Way> ways(
      String host,
      Lookup<InetAddress> found,
      Function<List<InetAddress>, List<Way>> order,
      Reasons reasons) {
    return switch (found) {
      case Lookup.Found<InetAddress>(List<InetAddress> addresses) -> order.apply(addresses);
      case Lookup.NoRecord<InetAddress> _ -> none(reasons, host + ": has no address");
      case Lookup.NoSuchName<InetAddress> _ -> none(reasons, host + ": no such host");
      case Lookup.NoAnswer<InetAddress>(String reason) -> unanswered(reasons, reason);
      case Lookup.Unproven<InetAddress>(String reason) -> unanswered(reasons, reason);
    };
  }

  private @Nullable Candidate candidate(
      String host, List<Way> ways, Supplier<HostDemand> demand, Call call, Reasons reasons) {
    if (ways.isEmpty()) {
      reasons.unclear = true;
      return null;
    }
    return switch (demand.get()) {
      case HostDemand.Open open -> {
        Candidate candidate = new Candidate(host, open, ways);
        if (isLacking(candidate, call)) {
          lacks(host, reasons);
          yield null;
        }
        yield candidate;
      }
      case HostDemand.Barred barred -> {
        reasons.unanswered |= barred.unanswered();
        String reason = host + ": " + barred.reason();
        if (barred.lasting()) {
          reasons.lasting(barred.level(), reason);
        } else {
          reasons.insecure(barred.level(), reason);
        }
        report.failed(
            new TlsSession.Contact(call.domain(), host, null, null), barred, call, barred.reason());
        yield null;
      }
    };
  }

  private boolean isLacking(Candidate candidate, Call call) {
    return call.requiresTls() && lacking.getIfPresent(candidate.place()) != null;
  }

  private static void lacks(String host, Reasons reasons) {
    reasons.lacking = true;
    reasons.lasting(TransportLevel.REQUIRETLS, host + ": the host does not offer REQUIRETLS");
  }

  /// An MX record names a host, never an address (RFC 5321 §5.1).
  private static boolean isAddress(String host) {
    return host.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.');
  }

  private static List<Way> none(Reasons reasons, String reason) {
    reasons.add(reason);
    return List.of();
  }

  private static List<Way> unanswered(Reasons reasons, String reason) {
    reasons.unanswered = true;
    return none(reasons, reason);
  }

  /// Tries a host's addresses until one opens a session.
  private Contact.@Nullable Open open(Candidate candidate, Call call, Reasons reasons) {
    List<Way> left = new ArrayList<>(candidate.ways());
    while (!left.isEmpty() && reasons.tried < MAX_ADDRESSES && !isLacking(candidate, call)) {
      List<Way> ways = left.subList(0, Math.min(left.size(), MAX_ADDRESSES - reasons.tried));
      Dialing dialing = client.dial(ways);
      dialing.failures().forEach((address, why) -> failed(candidate.host(), address, why, reasons));
      reasons.tried += dialing.failures().size();
      if (dialing.line().isEmpty()) {
        return null;
      }
      Dialing.Line line = dialing.line().get();
      InetSocketAddress address = line.address();
      if (dialing.slow()) {
        // what was called on before and said nothing goes behind for a while
        ways.stream()
            .map(Way::address)
            .takeWhile(before -> !before.equals(address))
            .forEach(this::suspect);
      }
      reasons.tried++;
      Way way =
          ways.stream().filter(each -> each.address().equals(address)).findFirst().orElseThrow();
      Contact.Open open = open(candidate, way, line, call, reasons);
      if (open != null) {
        return open;
      }
      left.removeIf(
          each -> each.address().equals(address) || dialing.failures().containsKey(each.address()));
    }
    reasons.unclear |= !left.isEmpty() && !isLacking(candidate, call);
    return null;
  }

  private void failed(String host, InetSocketAddress address, String why, Reasons reasons) {
    suspects.put(address, true);
    reasons.add("%s: connecting: %s".formatted(name(host, address.getAddress()), why));
  }

  private Contact.@Nullable Open open(
      Candidate candidate, Way way, Dialing.Line line, Call call, Reasons reasons) {
    HostDemand.Open demand = candidate.demand();
    InetAddress local = line.localAddress();
    Optional<Smarthost> smarthost = call.plan().smarthost();
    Optional<Credentials> credentials = smarthost.map(Smarthost::credentials);
    Opening opening =
        client.open(candidate.host(), line, demand.tls(), credentials, call.minutes().connection());
    String why =
        demand.tls().equals(TlsPolicy.CLEAR) && smarthost.isPresent()
            ? smarthost.get().inClear()
            : IN_CLEAR;
    if (demand.tls().equals(TlsPolicy.OPPORTUNISTIC)
        && opening instanceof Opening.Failed failed
        && failed.inTls()) {
      // Opportunistic TLS must never keep mail from going (RFC 7435 §3).
      why = failed.reason();
      call.minutes().remark(why + "; once more in clear");
      opening =
          client.open(
              candidate.host(), way, TlsPolicy.CLEAR, credentials, call.minutes().connection());
    }
    switch (opening) {
      case Opening.Ready(ClientSession session) -> {
        suspects.invalidate(way.address());
        AttemptOutcome.Security security = report.opened(session, demand, call, why);
        if (call.requiresTls() && !session.offersRequireTls()) {
          session.close();
          lacking.put(candidate.place(), true);
          lacks(candidate.host(), reasons);
          return null;
        }
        return new Contact.Open(session, security, way.source());
      }
      case Opening.Failed failed -> {
        String reason =
            "%s: %s".formatted(name(candidate.host(), way.address().getAddress()), failed.reason());
        if (failed.stage() == Stage.AUTH) {
          // its other addresses would say the same, and some lock out who asks too often
          reasons.add(reason);
          reasons.tried = MAX_ADDRESSES;
        } else if (failed.inTls()) {
          report.failed(
              new TlsSession.Contact(
                  call.domain(), candidate.host(), local, way.address().getAddress()),
              demand,
              call,
              failed.reason());
          reasons.insecure(demand.level(), reason);
        } else {
          suspects.put(way.address(), true);
          reasons.add(reason);
          failed.refusal().ifPresent(reasons::refused);
        }
        return null;
      }
    }
  }

  private static String name(String host, InetAddress address) {
    return "%s [%s]".formatted(host, address.getHostAddress());
  }
}
