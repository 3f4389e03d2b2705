package dev.waybill.relay.transport;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.MailHosts;
import dev.waybill.relay.dns.Mx;
import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.dns.Resolver;
import dev.waybill.relay.dns.SecureResolver;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.ClientSession;
import dev.waybill.relay.smtp.TlsPolicy;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who takes a domain's mail, and how safely it has to travel there. Any thread may call it; it
/// blocks, so call from virtual threads.
public final class Transport {
  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);
  private static final Executor THREADS = task -> Thread.ofVirtual().name("mta-sts").start(task);

  /// What it takes from its surroundings.
  ///
  /// @param permitted which addresses a policy host may have
  /// @param sessions hears how each session went; must be quick and ask nobody
  public record Surroundings(
      Predicate<InetAddress> permitted,
      InstantSource clock,
      MeterRegistry meters,
      Consumer<TlsSession> sessions) {
    /// Where nobody wants to hear of sessions.
    public Surroundings(
        Predicate<InetAddress> permitted, InstantSource clock, MeterRegistry meters) {
      this(permitted, clock, meters, _ -> {});
    }
  }

  private final Resolver resolver;
  private final Optional<SecureResolver> secure;
  private final Optional<DaneRecords> dane;
  private final Optional<StsPolicies> policies;
  private final SeenLevels seen;
  private final SessionTeller teller;

  /// @param resolver asked where nothing has to be proven
  /// @param secure asked where DANE is on
  /// @throws IllegalArgumentException when the trusted certificates cannot be read
  public Transport(
      TransportSettings settings,
      Resolver resolver,
      SecureResolver secure,
      Database database,
      Surroundings surroundings) {
    this.resolver = resolver;
    this.secure = settings.dane() ? Optional.of(secure) : Optional.empty();
    this.dane = this.secure.map(proving -> new DaneRecords(proving, settings.hostPort()));
    this.policies =
        settings.mtaSts()
            ? Optional.of(
                new StsPolicies(
                    resolver,
                    new PolicyFetch(
                        resolver,
                        surroundings.permitted(),
                        GuardedHttps.trusting(settings.trustedCertificates()),
                        settings.policyPort(),
                        settings.policyLimit()),
                    database,
                    surroundings.clock(),
                    surroundings.meters()))
            : Optional.empty();
    this.seen = new SeenLevels(database, surroundings.clock());
    this.teller = new SessionTeller(policies, surroundings.sessions());
  }

  /// Begins to look at a domain: its policy is on its way while its hosts are asked for.
  public Look look(DomainName domain) {
    return new Look(domain);
  }

  /// One look at a domain. Confined to its thread.
  public final class Look {
    private final DomainName domain;
    private final CompletableFuture<Optional<StsPolicy>> policy;
    private boolean secureHosts;

    private Look(DomainName domain) {
      this.domain = domain;
      this.policy =
          policies
              .map(known -> CompletableFuture.supplyAsync(() -> known.of(domain), THREADS))
              .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    /// Asks the DNS who takes the domain's mail.
    public MailHosts hosts() {
      if (secure.filter(SecureResolver::isUsable).isEmpty()) {
        return MailHosts.of(domain, resolver);
      }
      SecureResolver.View view = secure.get().view();
      MailHosts hosts = MailHosts.of(domain, view);
      secureHosts = view.isSecure();
      return view.doubt().<MailHosts>map(MailHosts.NoAnswer::new).orElse(hosts);
    }

    /// What the way there has to keep to.
    ///
    /// @param hosts what [#hosts] said
    /// @throws StorageException when it is not known what policy was fetched
    public DomainPolicy policy(MailHosts hosts) {
      List<String> names =
          switch (hosts) {
            case MailHosts.Hosts(List<Mx> records) -> records.stream().map(Mx::exchange).toList();
            case MailHosts.ImplicitHost(DomainName host) -> List.of(host.value());
            case MailHosts.NullMx _, MailHosts.NoSuchDomain _, MailHosts.NoAnswer _ -> List.of();
          };
      if (names.isEmpty()) {
        return DomainPolicy.OPEN;
      }
      try {
        return DomainPolicy.of(secureHosts, policy.join(), names);
      } catch (CompletionException failure) {
        if (failure.getCause() instanceof StorageException trouble) {
          throw trouble;
        }
        throw failure;
      }
    }
  }

  /// The addresses of one of a domain's hosts.
  public Lookup<InetAddress> addresses(DomainName host, DomainPolicy policy) {
    PublishedRecords records =
        policy.secureHosts() && secure.isPresent() ? secure.get().view() : resolver;
    return records.addresses(host);
  }

  /// What a connection to one of a domain's hosts has to keep to. DANE has the say over MTA-STS
  /// (RFC 8461 §2).
  ///
  /// @param nextHop the recipient's domain
  /// @param enforced whether the sending domain demands a valid certificate
  public HostDemand demand(
      DomainName host, DomainName nextHop, DomainPolicy policy, boolean enforced) {
    if (policy.requireTls() && !policy.proves(host.value(), nextHop)) {
      return unproven(nextHop);
    }
    TlsPolicy least = TlsPolicy.OPPORTUNISTIC;
    TransportLevel level = TransportLevel.OPPORTUNISTIC;
    if (policy.secureHosts() && dane.isPresent()) {
      switch (dane.get().of(host)) {
        case DaneRecords.Found.Usable found -> {
          return open(
              new TlsPolicy.Dane(found.associations(), found.names(), nextHop),
              TransportLevel.DANE);
        }
        case DaneRecords.Found.Unknown(String reason) -> {
          return new HostDemand.Barred(TransportLevel.DANE, "DANE: " + reason, true);
        }
        case DaneRecords.Found.Unusable _ -> {
          least = TlsPolicy.ENCRYPTED;
          level = TransportLevel.ENCRYPTED;
        }
        case DaneRecords.Found.None _ -> {}
      }
    }
    boolean named = policy.permitted().contains(host.value());
    if (policy.sts() == StsPolicy.Mode.ENFORCE) {
      return named
          ? open(TlsPolicy.REQUIRED, TransportLevel.MTA_STS)
          : new HostDemand.Barred(
              TransportLevel.MTA_STS,
              "the MTA-STS policy of %s does not name this host".formatted(nextHop),
              false);
    }
    if (policy.requireTls()) {
      return open(TlsPolicy.REQUIRED, TransportLevel.REQUIRETLS);
    }
    if (enforced) {
      return open(TlsPolicy.REQUIRED, TransportLevel.ENFORCED);
    }
    boolean testing = policy.sts() == StsPolicy.Mode.TESTING;
    return new HostDemand.Open(
        least,
        level,
        testing,
        testing && !named ? Optional.of("it does not name this host") : Optional.empty());
  }

  /// Nobody whose word counts says that the host is the domain's (RFC 8689 §4.2.1). That lasts
  /// where both who could have said so were asked, and answered.
  private HostDemand unproven(DomainName nextHop) {
    boolean lasting =
        isUnsigned(nextHop) && policies.filter(known -> known.isSure(nextHop)).isPresent();
    String who =
        secure.isEmpty() && policies.isEmpty()
            ? "with delivery.dane and delivery.mta-sts off, nothing"
            : "neither DNSSEC nor an MTA-STS policy";
    return new HostDemand.Barred(
        TransportLevel.REQUIRETLS,
        "%s proves that it takes the mail of %s".formatted(who, nextHop),
        !lasting,
        lasting);
  }

  /// Whether the DNS says, now, that nothing proves which hosts a domain has.
  private boolean isUnsigned(DomainName domain) {
    if (secure.filter(SecureResolver::isUsable).isEmpty()) {
      return false;
    }
    SecureResolver.View view = secure.get().view();
    return !(MailHosts.of(domain, view) instanceof MailHosts.NoAnswer)
        && view.doubt().isEmpty()
        && !view.isSecure();
  }

  private static HostDemand open(TlsPolicy tls, TransportLevel level) {
    return new HostDemand.Open(tls, level, false, Optional.empty());
  }

  /// Remembers how a session is secured.
  ///
  /// @param level by whose wish
  /// @return in words, how its host was secured before where that was better
  public Optional<String> note(ClientSession session, TransportLevel level, DomainPolicy policy) {
    SeenLevels.Seen now = SeenLevels.Seen.CLEAR;
    if (level == TransportLevel.DANE) {
      now = SeenLevels.Seen.DANE;
    } else if (session.tls().isPresent()) {
      now = session.isVerified() ? SeenLevels.Seen.VERIFIED : SeenLevels.Seen.ENCRYPTED;
    }
    return seen.note(session.host(), now, policy.secureHosts() && dane.isPresent());
  }

  /// Tells whoever listens of a session that stands.
  ///
  /// @param whyClear why it is in clear, if it is
  public void opened(
      ClientSession session,
      DomainName domain,
      HostDemand.Open demand,
      DomainPolicy policy,
      String whyClear) {
    boolean clear = session.tls().isEmpty();
    teller.opened(
        new TlsSession.Contact(
            domain, session.host(), session.localAddress(), session.address().getAddress()),
        demand,
        policy,
        clear ? Optional.of(whyClear) : session.certificateProblem(),
        clear);
  }

  /// Tells whoever listens that there is no session, because of TLS.
  public void failed(
      TlsSession.Contact contact, HostDemand demand, DomainPolicy policy, String reason) {
    if (demand instanceof HostDemand.Barred && demand.level() == TransportLevel.REQUIRETLS) {
      // what this sender wants is nothing that the domain said of itself
      return;
    }
    teller.failed(contact, demand, policy, reason);
  }

  /// Fetches policies again that are due, and writes down what was noted. To be called now and
  /// then, where it may block.
  public void refresh() {
    seen.save();
    policies.ifPresent(StsPolicies::refresh);
  }

  /// Writes down what was noted, at the end.
  public void close() {
    try {
      seen.save();
    } catch (StorageException trouble) {
      LOG.warn("how hosts were secured is not remembered: {}", trouble.getMessage());
    }
  }
}
