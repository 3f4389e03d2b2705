package dev.waybill.relay.dns;

import dev.waybill.relay.message.DomainName;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One evaluation of a policy with everything it includes. One thread, used once.
final class SpfWalk {
  private static final int MAX_HOSTS = 10;
  private static final int MAX_REMARKS = 5;

  /// Where a count of the costs gives up.
  private static final int MAX_COUNTED = 5 * SpfEvaluation.MAX_LOOKUPS;

  /// For whom the policy is evaluated.
  sealed interface Client {}

  /// Every address of a network; mostly of one.
  record Network(SpfNetwork network) implements Client {}

  /// Whoever a mechanism with a name stands for: allowed where the policy has the mechanism itself.
  ///
  /// @param mechanism in lower case and without qualifier
  /// @param target the domain that it names
  record Named(String mechanism, String target) implements Client {}

  /// A client that nothing matches.
  record Nobody() implements Client {}

  /// What one term says about the client.
  private sealed interface Match {
    record Yes(List<String> path) implements Match {}

    record No() implements Match {}

    /// Some of the client's addresses, or nobody knows.
    record Perhaps(SpfResult otherwise) implements Match {}

    record Stop(SpfResult result) implements Match {}
  }

  private final PublishedRecords published;
  private final Client client;
  private final Set<DomainName> open = new LinkedHashSet<>();
  private final List<String> remarks = new ArrayList<>();
  private int lookups;
  private int voids;

  SpfWalk(PublishedRecords published, Client client) {
    this.published = published;
    this.client = client;
  }

  int lookups() {
    return lookups;
  }

  int voids() {
    return voids;
  }

  List<String> remarks() {
    return remarks.stream().distinct().limit(MAX_REMARKS).toList();
  }

  /// RFC 7208 §4.
  SpfResult check(DomainName domain) {
    if (!open.add(domain)) {
      return new SpfResult.PermError(
          "a loop: %s includes itself%s"
              .formatted(
                  domain, open.size() > 1 ? " through " + String.join(", ", names(domain)) : ""));
    }
    SpfResult result =
        switch (published.texts(domain)) {
          case Lookup.Found<String>(List<String> texts) ->
              choose(domain, texts.stream().filter(SpfRecord::isPolicy).toList());
          case Lookup.NoRecord<String>() -> new SpfResult.None();
          case Lookup.NoSuchName<String>() -> new SpfResult.None();
          case Lookup.NoAnswer<String>(String reason) -> silence(reason);
          case Lookup.Unproven<String>(String reason) -> new SpfResult.TempError(reason);
        };
    open.remove(domain);
    return result;
  }

  private List<String> names(DomainName domain) {
    return open.stream().filter(name -> !name.equals(domain)).map(DomainName::value).toList();
  }

  private SpfResult choose(DomainName domain, List<String> policies) {
    return switch (policies.size()) {
      case 0 -> new SpfResult.None();
      case 1 ->
          switch (SpfRecord.parse(policies.getFirst())) {
            case SpfRecord.Parsed.Malformed(String problem) ->
                new SpfResult.PermError("%s at %s".formatted(problem, domain));
            case SpfRecord.Parsed.Policy(SpfRecord record) -> evaluate(record, domain);
          };
      default -> new SpfResult.PermError("%d SPF records at %s".formatted(policies.size(), domain));
    };
  }

  private SpfResult evaluate(SpfRecord record, DomainName domain) {
    remarks.addAll(record.remarks());
    SpfResult doubt = null;
    boolean mayPass = false;
    boolean mayNot = false;
    for (SpfTerm term : record.directives()) {
      switch (match(term, domain)) {
        case Match.No() -> {}
        case Match.Stop(SpfResult result) -> {
          return result;
        }
        case Match.Perhaps(SpfResult otherwise) -> {
          doubt = doubt == null ? otherwise : doubt;
          mayPass |= term.qualifier() == '+';
          mayNot |= term.qualifier() != '+';
        }
        case Match.Yes(List<String> path) -> {
          SpfResult plain = qualified(term, path, domain);
          return doubt != null && (plain instanceof SpfResult.Pass ? mayNot : mayPass)
              ? doubt
              : plain;
        }
      }
    }
    SpfResult rest =
        record
            .redirect()
            .map(redirect -> redirected(redirect, domain))
            .orElseGet(
                () -> new SpfResult.NotPass("neutral", "no term of %s matches".formatted(domain)));
    return doubt != null && (rest instanceof SpfResult.Pass ? mayNot : mayPass) ? doubt : rest;
  }

  private static SpfResult qualified(SpfTerm term, List<String> path, DomainName domain) {
    String reason = "\"%s\" of %s".formatted(SpfRecord.shown(term.text()), domain);
    return switch (term.qualifier()) {
      case '-' -> new SpfResult.NotPass("fail", reason);
      case '~' -> new SpfResult.NotPass("softfail", reason);
      case '?' -> new SpfResult.NotPass("neutral", reason);
      default -> new SpfResult.Pass(path);
    };
  }

  private Match match(SpfTerm term, DomainName domain) {
    if (term.mechanism().needsLookup()) {
      SpfResult tooMany = countLookup(term, domain);
      if (tooMany != null) {
        return new Match.Stop(tooMany);
      }
      if (isNamed(term)) {
        return yes(term);
      }
      if (term.hasMacro()) {
        return new Match.Perhaps(new SpfResult.Untold(SpfRecord.shown(term.text())));
      }
    }
    return switch (term.mechanism()) {
      case ALL -> client instanceof Nobody ? new Match.No() : yes(term);
      case IP4, IP6 -> {
        SpfNetwork network = term.network();
        yield network == null ? new Match.No() : within(List.of(network), term, domain);
      }
      case INCLUDE -> included(term, domain);
      case A -> atHosts(List.of(term.nameOr(domain)), term, domain);
      case MX -> atMailHosts(term, domain);
      case EXISTS -> exists(term, domain);
      case PTR, REDIRECT -> new Match.No();
    };
  }

  private boolean isNamed(SpfTerm term) {
    return client instanceof Named(String mechanism, _) && term.bare().equalsIgnoreCase(mechanism);
  }

  private static Match yes(SpfTerm term) {
    return new Match.Yes(List.of(SpfRecord.shown(term.text())));
  }

  private Match included(SpfTerm term, DomainName domain) {
    DomainName target = term.nameOr(domain);
    return switch (check(target)) {
      case SpfResult.Pass(List<String> path) -> {
        List<String> longer = new ArrayList<>(List.of(SpfRecord.shown(term.text())));
        longer.addAll(path);
        yield new Match.Yes(longer);
      }
      case SpfResult.NotPass _ -> new Match.No();
      case SpfResult.None() -> stop(noPolicy(term, target));
      case SpfResult.PermError error -> stop(error);
      case SpfResult.TempError silent -> new Match.Stop(silent);
      case SpfResult.Untold untold -> new Match.Perhaps(untold);
    };
  }

  /// A count of the costs goes on behind what stops a receiver.
  private Match stop(SpfResult.PermError error) {
    if (client instanceof Nobody && lookups <= MAX_COUNTED) {
      remarks.add(error.problem());
      return new Match.No();
    }
    return new Match.Stop(error);
  }

  private static SpfResult.PermError noPolicy(SpfTerm term, DomainName target) {
    return new SpfResult.PermError(
        "\"%s\" names %s, which has no SPF record".formatted(SpfRecord.shown(term.text()), target));
  }

  private SpfResult redirected(SpfTerm redirect, DomainName domain) {
    SpfResult tooMany = countLookup(redirect, domain);
    if (tooMany != null) {
      return tooMany;
    }
    if (client instanceof Named(String mechanism, String target)
        && mechanism.startsWith("include:")
        && redirect.target().equals(target)) {
      return new SpfResult.Pass(List.of(SpfRecord.shown(redirect.text())));
    }
    if (redirect.hasMacro()) {
      return new SpfResult.Untold(SpfRecord.shown(redirect.text()));
    }
    DomainName target = redirect.nameOr(domain);
    return switch (check(target)) {
      // RFC 7208 §6.1
      case SpfResult.None() -> noPolicy(redirect, target);
      case SpfResult.Pass(List<String> path) -> {
        List<String> longer = new ArrayList<>(List.of(SpfRecord.shown(redirect.text())));
        longer.addAll(path);
        yield new SpfResult.Pass(longer);
      }
      case SpfResult other -> other;
    };
  }

  private Match atMailHosts(SpfTerm term, DomainName domain) {
    return switch (published.mx(term.nameOr(domain))) {
      case Lookup.Found<Mx>(List<Mx> hosts) when hosts.size() > MAX_HOSTS ->
          stop(
              new SpfResult.PermError(
                  "\"%s\" at %s stands for %d mail hosts (receivers stop at %d)"
                      .formatted(SpfRecord.shown(term.text()), domain, hosts.size(), MAX_HOSTS)));
      case Lookup.Found<Mx>(List<Mx> hosts) ->
          atHosts(
              hosts.stream().flatMap(mx -> DomainName.parse(mx.exchange()).stream()).toList(),
              term,
              domain);
      case Lookup.NoRecord<Mx>() -> nothing(term, domain);
      case Lookup.NoSuchName<Mx>() -> nothing(term, domain);
      case Lookup.NoAnswer<Mx>(String reason) -> new Match.Stop(silence(reason));
      case Lookup.Unproven<Mx>(String reason) -> new Match.Stop(new SpfResult.TempError(reason));
    };
  }

  private Match atHosts(List<DomainName> hosts, SpfTerm term, DomainName domain) {
    boolean hosted = term.mechanism() == SpfTerm.Mechanism.MX && client instanceof Nobody;
    if (client instanceof Named || hosted) {
      return new Match.No();
    }
    List<SpfNetwork> networks = new ArrayList<>();
    for (DomainName host : hosts) {
      switch (published.addresses(host)) {
        case Lookup.Found<InetAddress>(List<InetAddress> addresses) ->
            addresses.stream().map(term::around).filter(this::isOfFamily).forEach(networks::add);
        case Lookup.NoRecord<InetAddress>() -> {}
        case Lookup.NoSuchName<InetAddress>() -> {}
        case Lookup.NoAnswer<InetAddress>(String reason) -> {
          return new Match.Stop(silence(reason));
        }
        case Lookup.Unproven<InetAddress>(String reason) -> {
          return new Match.Stop(new SpfResult.TempError(reason));
        }
      }
    }
    boolean found = !networks.isEmpty() || term.mechanism() == SpfTerm.Mechanism.MX;
    return found ? within(networks, term, domain) : nothing(term, domain);
  }

  /// Receivers ask for addresses of the client's family only (RFC 7208 §5).
  private boolean isOfFamily(SpfNetwork network) {
    return !(client instanceof Network(SpfNetwork own)) || own.isFour() == network.isFour();
  }

  private Match exists(SpfTerm term, DomainName domain) {
    return switch (published.addresses(term.nameOr(domain))) {
      // RFC 7208 §5.7: always an IPv4 address
      case Lookup.Found<InetAddress>(List<InetAddress> addresses)
          when addresses.stream().anyMatch(Inet4Address.class::isInstance) ->
          client instanceof Nobody ? new Match.No() : yes(term);
      case Lookup.Found<InetAddress>(_) -> nothing(term, domain);
      case Lookup.NoRecord<InetAddress>() -> nothing(term, domain);
      case Lookup.NoSuchName<InetAddress>() -> nothing(term, domain);
      case Lookup.NoAnswer<InetAddress>(String reason) -> new Match.Stop(silence(reason));
      case Lookup.Unproven<InetAddress>(String reason) ->
          new Match.Stop(new SpfResult.TempError(reason));
    };
  }

  private Match within(List<SpfNetwork> networks, SpfTerm term, DomainName domain) {
    if (!(client instanceof Network(SpfNetwork own))) {
      return new Match.No();
    }
    if (networks.stream().anyMatch(network -> network.contains(own))) {
      return yes(term);
    }
    boolean part = networks.stream().anyMatch(network -> network.overlaps(own));
    return part
        ? new Match.Perhaps(
            new SpfResult.NotPass(
                term.qualifier() == '+' ? "neutral" : "fail",
                "\"%s\" of %s holds only a part of %s"
                    .formatted(SpfRecord.shown(term.text()), domain, own)))
        : new Match.No();
  }

  /// A term that found nothing (RFC 7208 §4.6.4).
  private Match nothing(SpfTerm term, DomainName domain) {
    voids++;
    return voids > SpfEvaluation.MAX_VOIDS
        ? stop(
            new SpfResult.PermError(
                "more than %d terms find nothing, \"%s\" of %s among them (receivers stop there)"
                    .formatted(SpfEvaluation.MAX_VOIDS, SpfRecord.shown(term.text()), domain)))
        : new Match.No();
  }

  static SpfResult silence(String reason) {
    return new SpfResult.TempError("The DNS did not answer: " + reason);
  }

  private @Nullable SpfResult countLookup(SpfTerm term, DomainName domain) {
    lookups++;
    int limit = client instanceof Nobody ? MAX_COUNTED : SpfEvaluation.MAX_LOOKUPS;
    return lookups > limit
        ? new SpfResult.PermError(
            "more than %d look-ups, counted through all includes; \"%s\" of %s is one too many"
                .formatted(limit, SpfRecord.shown(term.text()), domain))
        : null;
  }
}
