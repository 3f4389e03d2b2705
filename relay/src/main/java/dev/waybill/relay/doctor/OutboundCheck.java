package dev.waybill.relay.doctor;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.MailHosts;
import dev.waybill.relay.dns.Mx;
import dev.waybill.relay.doctor.SourceCheck.Local;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.ClientSession;
import dev.waybill.relay.smtp.Opening;
import dev.waybill.relay.smtp.Stage;
import dev.waybill.relay.smtp.TlsPolicy;
import dev.waybill.relay.smtp.Way;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/// Whether this host reaches the mail hosts of the large providers. It reads their greeting, says
/// EHLO and QUIT, and nothing else. Stateless but for its run.
final class OutboundCheck {
  private static final int MAX_HOSTS = 2;
  private static final String REASON =
      "Mail goes from here to the receivers' port 25, which many providers of machines block.";

  /// A provider that most lists of recipients have.
  private record Provider(String name, DomainName domain) {}

  private static final List<Provider> PROVIDERS =
      List.of(
          new Provider("Gmail", DomainName.of("gmail.com")),
          new Provider("Yahoo", DomainName.of("yahoo.com")),
          new Provider("Microsoft", DomainName.of("outlook.com")));

  /// What a provider's host said first, and when.
  record Greeting(String provider, String text, Instant at) {}

  /// What came of a try.
  private sealed interface Attempt {
    record Greeted(Provider provider, Greeting greeting) implements Attempt {}

    /// It answered, and would not talk to us.
    record Refused(Provider provider, String reply) implements Attempt {}

    record Unreached(Provider provider, String reason) implements Attempt {}

    /// The DNS did not say where it is.
    record Unknown(Provider provider, String reason) implements Attempt {}

    /// It has no address of this family.
    record Elsewhere() implements Attempt {}
  }

  private record Host(String name, InetAddress address) {}

  private final Examination run;

  OutboundCheck(Examination run) {
    this.run = run;
  }

  /// One diagnosis for each local address, and what the hosts' greetings tell of the clock.
  List<Diagnosis> of(List<Local> locals) throws InterruptedException, ExecutionException {
    List<Callable<Attempt>> tries = new ArrayList<>();
    for (Local local : locals) {
      for (Provider provider : PROVIDERS) {
        tries.add(() -> reach(provider, local));
      }
    }
    List<Attempt> attempts = run.together(tries);
    List<Diagnosis> diagnoses = new ArrayList<>();
    for (int i = 0; i < locals.size(); i++) {
      List<Attempt> own = attempts.subList(i * PROVIDERS.size(), (i + 1) * PROVIDERS.size());
      diagnoses.add(
          judge(locals.get(i).address().map(InetAddress::getHostAddress).orElse("this host"), own));
    }
    List<Greeting> greetings = new ArrayList<>();
    for (Attempt attempt : attempts) {
      if (attempt instanceof Attempt.Greeted(_, Greeting greeting)) {
        greetings.add(greeting);
      }
    }
    diagnoses.add(ClockCheck.of(greetings));
    return diagnoses;
  }

  private Diagnosis judge(String subject, List<Attempt> attempts) {
    List<String> reached = new ArrayList<>();
    List<String> trouble = new ArrayList<>();
    List<String> silence = new ArrayList<>();
    boolean unreached = false;
    boolean answered = false;
    for (Attempt attempt : attempts) {
      switch (attempt) {
        case Attempt.Greeted(Provider provider, _) -> reached.add(provider.name());
        case Attempt.Refused(Provider provider, String reply) -> {
          trouble.add("%s refuses this host: %s.".formatted(provider.name(), reply));
          answered = true;
        }
        case Attempt.Unreached(Provider provider, String reason) -> {
          trouble.add("%s cannot be reached: %s.".formatted(provider.name(), reason));
          unreached = true;
        }
        case Attempt.Unknown(Provider provider, String reason) ->
            silence.add("%s: %s.".formatted(provider.name(), reason));
        case Attempt.Elsewhere() -> {}
      }
    }
    String found =
        (reached.isEmpty() ? "" : "Reached " + String.join(", ", reached) + ". ")
            + String.join(" ", trouble)
            + String.join(" ", silence);
    if (unreached && reached.isEmpty() && !answered) {
      return Diagnosis.fail(
          Check.OUTBOUND,
          subject,
          found.strip(),
          REASON,
          "Ask the provider of this machine to open port %d outbound for it, and look at your own firewall."
                  .formatted(run.settings().mailPort())
              + " Where it stays closed, mail can only leave from a machine elsewhere.");
    }
    if (!trouble.isEmpty()) {
      return Diagnosis.warn(
          Check.OUTBOUND,
          subject,
          found.strip(),
          REASON,
          answered
              ? "Follow what the reply says: the address may be on a blocklist that its page lets you"
                  + " leave."
              : "Look at firewalls on the way; where the others are reached, it is often for a"
                  + " moment.");
    }
    return reached.isEmpty()
        ? Diagnosis.unknown(
            Check.OUTBOUND,
            subject,
            found.isEmpty() ? "No provider has an address of this family." : found.strip(),
            REASON,
            "Ask again in a while; dns.servers names whom the relay asks.")
        : Diagnosis.pass(Check.OUTBOUND, subject, found.strip(), REASON);
  }

  private Attempt reach(Provider provider, Local local)
      throws InterruptedException, ExecutionException {
    List<String> names;
    switch (MailHosts.of(provider.domain(), run.resolver())) {
      case MailHosts.Hosts(List<Mx> records) ->
          names =
              records.stream()
                  .sorted(Comparator.comparingInt(Mx::preference))
                  .map(Mx::exchange)
                  .limit(MAX_HOSTS)
                  .toList();
      case MailHosts.ImplicitHost(DomainName host) -> names = List.of(host.value());
      case MailHosts.NullMx() -> names = List.of();
      case MailHosts.NoSuchDomain(String reason) -> {
        return new Attempt.Unknown(provider, reason);
      }
      case MailHosts.NoAnswer(String reason) -> {
        return new Attempt.Unknown(provider, reason);
      }
    }
    List<Host> hosts = new ArrayList<>();
    for (String name : names) {
      Optional<DomainName> parsed = DomainName.parse(name);
      if (parsed.isPresent()) {
        switch (run.resolver().addresses(parsed.get())) {
          case Lookup.Found<InetAddress>(List<InetAddress> addresses) ->
              addresses.stream()
                  .filter(address -> isUsable(address, local))
                  .limit(1)
                  .forEach(address -> hosts.add(new Host(name, address)));
          case Lookup.NoAnswer<InetAddress>(String reason) -> {
            return new Attempt.Unknown(provider, reason);
          }
          case Lookup.Unproven<InetAddress>(String reason) -> {
            return new Attempt.Unknown(provider, reason);
          }
          case Lookup.NoRecord<InetAddress> _ -> {}
          case Lookup.NoSuchName<InetAddress> _ -> {}
        }
      }
    }
    return hosts.isEmpty() ? new Attempt.Elsewhere() : first(provider, hosts, local);
  }

  /// The best of what the hosts say.
  private Attempt first(Provider provider, List<Host> hosts, Local local)
      throws InterruptedException, ExecutionException {
    List<Callable<Attempt>> tries = new ArrayList<>();
    hosts.forEach(host -> tries.add(() -> connect(provider, host, local)));
    List<Attempt> attempts = run.together(tries);
    return attempts.stream()
        .filter(Attempt.Greeted.class::isInstance)
        .findFirst()
        .or(() -> attempts.stream().filter(Attempt.Refused.class::isInstance).findFirst())
        .orElse(attempts.getFirst());
  }

  private Attempt connect(Provider provider, Host host, Local local) {
    InetSocketAddress address = new InetSocketAddress(host.address(), run.settings().mailPort());
    return switch (run.smtp()
        .open(
            host.name(),
            new Way(address, local.address(), Optional.of(local.heloName())),
            TlsPolicy.CLEAR,
            Optional.empty(),
            null)) {
      case Opening.Ready(ClientSession session) -> {
        try (session) {
          yield new Attempt.Greeted(
              provider,
              new Greeting(
                  provider.name(), session.greeting().text(), run.instruments().clock().instant()));
        }
      }
      case Opening.Failed(Stage stage, String reason, _) ->
          stage != Stage.CONNECT && reason.matches("(?s)[^:]*: [45]\\d\\d .*")
              ? new Attempt.Refused(provider, reason)
              : new Attempt.Unreached(
                  provider,
                  "%s [%s]: %s".formatted(host.name(), host.address().getHostAddress(), reason));
    };
  }

  /// Of the family that the local address can speak to; the system's own choice is IPv4 first.
  private boolean isUsable(InetAddress address, Local local) {
    boolean four = local.address().isEmpty() || local.address().get() instanceof Inet4Address;
    return address instanceof Inet4Address == four && run.settings().permits().test(address);
  }
}
