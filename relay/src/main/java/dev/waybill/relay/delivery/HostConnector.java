package dev.waybill.relay.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.Resolver;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.ClientSession;
import dev.waybill.relay.smtp.Opening;
import dev.waybill.relay.smtp.SmtpClient;
import dev.waybill.relay.smtp.TlsPolicy;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Finds a host of a site that talks to us. Any thread may call it; it blocks, so call from virtual
/// threads.
///
/// Hosts go by preference and addresses by family in turn, IPv4 first: it is the one that senders'
/// SPF records and reverse names are sure to cover. Addresses that failed in the last five minutes
/// are tried last, so that a dead first host costs its time-out once and not once per connection.
final class HostConnector {
  private static final int MAX_ADDRESSES = 8;
  private static final int MAX_REASON = 500;

  /// What came of looking for a host.
  sealed interface Contact {
    record Open(ClientSession session) implements Contact {}

    /// @param unresolved whether the DNS did not answer and no address was tried: nothing is known
    ///   about the hosts
    record None(String reason, boolean unresolved) implements Contact {}
  }

  private record Candidate(String host, InetSocketAddress address) {}

  /// Why host after host was of no use.
  private static final class Reasons {
    private final List<String> texts = new ArrayList<>();
    private boolean unanswered;

    void add(String text) {
      texts.add(text);
    }
  }

  private final SmtpClient client;
  private final Resolver resolver;
  private final DeliverySettings settings;
  private final AddressPolicy policy;
  private final RandomGenerator random;
  private final Cache<InetSocketAddress, Boolean> suspects =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofMinutes(5)).build();

  HostConnector(
      SmtpClient client, Resolver resolver, DeliverySettings settings, RandomGenerator random) {
    this.client = client;
    this.resolver = resolver;
    this.settings = settings;
    this.policy = new AddressPolicy(settings.allowNetworks());
    this.random = random;
  }

  /// Tries host after host until one opens a session.
  Contact open(MxPlan plan, TlsPolicy tls) {
    Reasons reasons = new Reasons();
    List<Candidate> later = new ArrayList<>();
    int tried = 0;
    for (String host : plan.hosts(random)) {
      for (Candidate candidate : candidates(host, reasons)) {
        if (suspects.getIfPresent(candidate.address()) != null) {
          later.add(candidate);
        } else if (tried++ < MAX_ADDRESSES
            && open(candidate, tls, reasons) instanceof Contact.Open open) {
          return open;
        }
      }
    }
    for (Candidate candidate : later) {
      if (tried++ < MAX_ADDRESSES && open(candidate, tls, reasons) instanceof Contact.Open open) {
        return open;
      }
    }
    String all = String.join("; ", reasons.texts);
    return new Contact.None(
        all.length() > MAX_REASON ? all.substring(0, MAX_REASON) : all,
        tried == 0 && reasons.unanswered);
  }

  /// The host at this address let us down in mid-conversation: others go first for a while.
  void suspect(InetSocketAddress address) {
    suspects.put(address, true);
  }

  private Contact open(Candidate candidate, TlsPolicy tls, Reasons reasons) {
    Optional<InetAddress> source = source(candidate.address().getAddress());
    Opening opening = client.open(candidate.host(), candidate.address(), source, tls);
    if (tls == TlsPolicy.OPPORTUNISTIC
        && opening instanceof Opening.Failed failed
        && failed.inTls()) {
      // Opportunistic TLS must never keep mail from going (RFC 7435 §3).
      opening = client.open(candidate.host(), candidate.address(), source, TlsPolicy.CLEAR);
    }
    return switch (opening) {
      case Opening.Ready(ClientSession session) -> {
        suspects.invalidate(candidate.address());
        yield new Contact.Open(session);
      }
      case Opening.Failed failed -> {
        if (!failed.inTls()) {
          suspects.put(candidate.address(), true);
        }
        String reason = "%s: %s".formatted(name(candidate), failed.reason());
        reasons.add(reason);
        yield new Contact.None(reason, false);
      }
    };
  }

  private List<Candidate> candidates(String host, Reasons reasons) {
    Optional<DomainName> name = DomainName.parse(host);
    if (name.isEmpty()) {
      reasons.add("%s: no host name".formatted(host));
      return List.of();
    }
    return switch (resolver.addresses(name.get())) {
      case Lookup.Found<InetAddress>(List<InetAddress> addresses) ->
          usable(host, addresses, reasons);
      case Lookup.NoRecord<InetAddress> _ -> none(reasons, host + ": has no address");
      case Lookup.NoSuchName<InetAddress> _ -> none(reasons, host + ": no such host");
      case Lookup.NoAnswer<InetAddress>(String reason) -> {
        reasons.unanswered = true;
        yield none(reasons, reason);
      }
      case Lookup.Unproven<InetAddress>(String reason) -> {
        reasons.unanswered = true;
        yield none(reasons, reason);
      }
    };
  }

  private static List<Candidate> none(Reasons reasons, String reason) {
    reasons.add(reason);
    return List.of();
  }

  private List<Candidate> usable(String host, List<InetAddress> addresses, Reasons reasons) {
    List<Candidate> four = new ArrayList<>();
    List<Candidate> six = new ArrayList<>();
    for (InetAddress address : addresses) {
      Candidate candidate = new Candidate(host, new InetSocketAddress(address, settings.port()));
      if (!policy.permits(address)) {
        reasons.add(name(candidate) + ": not a public address, and not in delivery.allow-networks");
      } else if (!isFamilyInUse(address) || !hasRoute(candidate.address())) {
        reasons.add(name(candidate) + ": no way there from this machine");
      } else {
        (address instanceof Inet4Address ? four : six).add(candidate);
      }
    }
    Collections.shuffle(four, random);
    Collections.shuffle(six, random);
    List<Candidate> both = new ArrayList<>(four.size() + six.size());
    for (int i = 0; i < Math.max(four.size(), six.size()); i++) {
      if (i < four.size()) {
        both.add(four.get(i));
      }
      if (i < six.size()) {
        both.add(six.get(i));
      }
    }
    return both;
  }

  private boolean isFamilyInUse(InetAddress address) {
    return settings.sourceAddresses().isEmpty() || source(address).isPresent();
  }

  private Optional<InetAddress> source(InetAddress destination) {
    boolean four = destination instanceof Inet4Address;
    List<InetAddress> own =
        settings.sourceAddresses().stream()
            .filter(source -> source instanceof Inet4Address == four)
            .toList();
    return own.isEmpty() ? Optional.empty() : Optional.of(own.get(random.nextInt(own.size())));
  }

  /// Connecting a datagram socket asks the routing table and sends nothing.
  private static boolean hasRoute(InetSocketAddress address) {
    if (address.getAddress() instanceof Inet4Address) {
      return true;
    }
    try (DatagramChannel probe = DatagramChannel.open(StandardProtocolFamily.INET6)) {
      return probe.connect(address).isConnected();
    } catch (IOException | UnsupportedOperationException noRoute) {
      return false;
    }
  }

  private static String name(Candidate candidate) {
    return "%s [%s]".formatted(candidate.host(), candidate.address().getAddress().getHostAddress());
  }
}
