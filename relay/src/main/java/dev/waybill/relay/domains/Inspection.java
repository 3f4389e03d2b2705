package dev.waybill.relay.domains;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.Mx;
import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.dns.SpfEvaluation;
import dev.waybill.relay.domains.RecordPlan.Planned;
import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Looks one planned record up and says in plain words what is there. Blocking; any thread.
///
/// Where the right name has nothing, it looks where people put records by mistake.
final class Inspection {
  private final PublishedRecords published;
  private final RecordPlanSettings settings;
  private final SpfInspection spf;
  private final DmarcInspection dmarc;

  Inspection(PublishedRecords published, RecordPlanSettings settings) {
    this.published = published;
    this.settings = settings;
    this.spf = new SpfInspection(published, settings.spfMechanisms());
    this.dmarc = new DmarcInspection(published);
  }

  /// Looks afresh.
  Finding of(Planned planned, SendingDomain domain) {
    PublishedRecords look = published.look(domain.name());
    return new Inspection(look, settings).judge(planned, domain).with(look.remarks());
  }

  private Finding judge(Planned planned, SendingDomain domain) {
    DnsRecord record = planned.record();
    return switch (planned.kind()) {
      case RETURN_PATH -> returnPath(record, domain);
      case SPF -> spf(record, domain);
      case DKIM -> dkim(record, domain);
      case DMARC -> dmarc.judge(domain).orElseGet(() -> noPolicy(record, domain));
      case TRACKING -> tracking(record, domain);
    };
  }

  private Finding returnPath(DnsRecord record, SendingDomain domain) {
    return switch (published.mx(record.name())) {
      case Lookup.Found<Mx>(List<Mx> hosts) -> judgeHosts(hosts, domain);
      case Lookup.NoAnswer<Mx>(String reason) -> Finding.silence(reason);
      case Lookup.Unproven<Mx>(String reason) -> Finding.unproven(reason);
      case Lookup.NoRecord<Mx>() -> noMailHost(record, domain);
      case Lookup.NoSuchName<Mx>() -> noMailHost(record, domain);
    };
  }

  private Finding judgeHosts(List<Mx> hosts, SendingDomain domain) {
    String ours = settings.feedbackHost().value();
    Optional<Mx> own = hosts.stream().filter(mx -> mx.exchange().equals(ours)).findFirst();
    List<String> exchanges = hosts.stream().map(Mx::exchange).toList();
    if (own.isPresent()) {
      int preference = own.get().preference();
      List<String> rivals =
          hosts.stream()
              .filter(mx -> !mx.exchange().equals(ours) && mx.preference() <= preference)
              .map(Mx::exchange)
              .toList();
      return rivals.isEmpty()
          ? new Finding.Right("Bounces come to %s.".formatted(ours))
          : new Finding.Wrong(
              "Bounces go to %s instead, which stands beside or before %s; remove it."
                  .formatted(Finding.shown(rivals), ours));
    }
    if (exchanges.stream().anyMatch(exchange -> isDoubled(exchange, ours, domain))) {
      return zoneAppended(ours, Finding.shown(exchanges));
    }
    return new Finding.Wrong(
        "The MX is %s (expected: %s).".formatted(Finding.shown(exchanges), ours));
  }

  private Finding noMailHost(DnsRecord record, SendingDomain domain) {
    String ours = settings.feedbackHost().value();
    if (holdsText(record.name(), text -> text.contains(ours))) {
      return new Finding.Wrong(
          "%s is published as a TXT record; its type must be MX.".formatted(ours));
    }
    return missing(
        record,
        domain,
        name ->
            published.mx(name) instanceof Lookup.Found<Mx>(List<Mx> hosts)
                && hosts.stream().anyMatch(mx -> mx.exchange().equals(ours)));
  }

  private Finding spf(DnsRecord record, SendingDomain domain) {
    return switch (published.texts(record.name())) {
      case Lookup.Found<String>(List<String> texts) ->
          texts.stream().anyMatch(SpfEvaluation::isPolicy)
              ? spf.judge(record.name(), texts)
              : noSpf(texts, record, domain);
      case Lookup.NoAnswer<String>(String reason) -> Finding.silence(reason);
      case Lookup.Unproven<String>(String reason) -> Finding.unproven(reason);
      case Lookup.NoRecord<String>() -> noSpf(List.of(), record, domain);
      case Lookup.NoSuchName<String>() -> noSpf(List.of(), record, domain);
    };
  }

  private Finding noSpf(List<String> texts, DnsRecord record, SendingDomain domain) {
    if (texts.stream().anyMatch(text -> text.contains("\"v=spf1"))) {
      return new Finding.Wrong("The value contains quotation marks; enter it without any.");
    }
    if (holdsText(domain.name(), SpfEvaluation::isPolicy) && spf.allowsAll(domain.name())) {
      return new Finding.Wrong(
          "The SPF record stands at %s; receivers look for it at the return path: publish it at %s."
              .formatted(domain.name(), record.name()));
    }
    return missing(record, domain, name -> holdsText(name, SpfEvaluation::isPolicy))
        .with(wildcard(record.name(), texts));
  }

  private Finding dkim(DnsRecord record, SendingDomain domain) {
    return switch (published.texts(record.name())) {
      case Lookup.Found<String>(List<String> texts) when !texts.isEmpty() -> {
        Finding finding = DkimInspection.judge(texts, record.value());
        yield finding instanceof Finding.Right
            ? finding
            : finding.with(wildcard(record.name(), texts));
      }
      case Lookup.NoAnswer<String>(String reason) -> Finding.silence(reason);
      case Lookup.Unproven<String>(String reason) -> Finding.unproven(reason);
      case Lookup.Found<String>(_) -> noKey(record, domain);
      case Lookup.NoRecord<String>() -> noKey(record, domain);
      case Lookup.NoSuchName<String>() -> noKey(record, domain);
    };
  }

  private Finding noKey(DnsRecord record, SendingDomain domain) {
    String selector = record.relativeName().substring(0, record.relativeName().indexOf('.'));
    DomainName bare = domain.name().child(selector);
    if (holdsText(bare, text -> text.contains("p="))) {
      return new Finding.Wrong(
          "The key stands at %s; its name must be %s, with ._domainkey in it."
              .formatted(bare, record.name()));
    }
    return missing(record, domain, name -> holdsText(name, text -> text.contains("p=")));
  }

  private Finding noPolicy(DnsRecord record, SendingDomain domain) {
    List<String> texts =
        published.texts(record.name()) instanceof Lookup.Found<String>(List<String> found)
            ? found
            : List.of();
    DomainName above = DmarcInspection.organization(domain.name());
    List<String> both =
        above.equals(domain.name())
            ? List.of()
            : List.of("Neither has %s above it.".formatted(above));
    return missing(record, domain, name -> holdsText(name, text -> text.contains("v=DMARC1")))
        .with(both)
        .with(wildcard(record.name(), texts));
  }

  private Finding tracking(DnsRecord record, SendingDomain domain) {
    return switch (published.alias(record.name())) {
      case Lookup.Found<DomainName>(List<DomainName> targets) -> judgeTargets(targets, domain);
      case Lookup.NoAnswer<DomainName>(String reason) -> Finding.silence(reason);
      case Lookup.Unproven<DomainName>(String reason) -> Finding.unproven(reason);
      case Lookup.NoRecord<DomainName>() -> noAlias(record, domain);
      case Lookup.NoSuchName<DomainName>() -> noAlias(record, domain);
    };
  }

  private Finding judgeTargets(List<DomainName> targets, SendingDomain domain) {
    String ours = settings.trackingHost().value();
    if (targets.contains(settings.trackingHost())) {
      return new Finding.Right("It points to %s.".formatted(ours));
    }
    List<String> found = targets.stream().map(DomainName::value).toList();
    return found.stream().anyMatch(target -> isDoubled(target, ours, domain))
        ? zoneAppended(ours, Finding.shown(found))
        : new Finding.Wrong(
            "It points to %s (expected: %s).".formatted(Finding.shown(found), ours));
  }

  /// Some DNS hosts answer with the target's addresses in place of a CNAME: that works as well.
  private Finding noAlias(DnsRecord record, SendingDomain domain) {
    String ours = settings.trackingHost().value();
    if (holdsText(record.name(), text -> text.contains(ours))) {
      return new Finding.Wrong(
          "%s is published as a TXT record; its type must be CNAME.".formatted(ours));
    }
    if (published.addresses(record.name())
        instanceof Lookup.Found<InetAddress>(List<InetAddress> found)) {
      return switch (published.addresses(settings.trackingHost())) {
        case Lookup.Found<InetAddress>(List<InetAddress> expected)
            when new HashSet<>(expected).containsAll(found) ->
            new Finding.Right("It has the addresses of %s.".formatted(ours));
        case Lookup.NoAnswer<InetAddress>(String reason) -> Finding.silence(reason);
        case Lookup.Unproven<InetAddress>(String reason) -> Finding.unproven(reason);
        case Lookup.Found<InetAddress>(_) -> proxied(ours);
        case Lookup.NoRecord<InetAddress>() -> proxied(ours);
        case Lookup.NoSuchName<InetAddress>() -> proxied(ours);
      };
    }
    return missing(
        record,
        domain,
        name ->
            published.alias(name) instanceof Lookup.Found<DomainName>(List<DomainName> targets)
                && targets.contains(settings.trackingHost()));
  }

  private static Finding proxied(String ours) {
    return new Finding.Wrong(
        "The name has addresses of its own: make it a CNAME to %s and switch off any proxy for it."
            .formatted(ours));
  }

  /// Whether what stands at a name stands at every name beside it too.
  private List<String> wildcard(DomainName name, List<String> texts) {
    DomainName parent = name.parent().orElse(name);
    Optional<DomainName> beside = DomainName.parse("waybill-looks-for-a-wildcard." + parent);
    return !texts.isEmpty()
            && beside.isPresent()
            && published.texts(beside.get()) instanceof Lookup.Found<String>(List<String> found)
            && new HashSet<>(found).equals(new HashSet<>(texts))
        ? List.of(
            ("What answers is a wildcard record, *.%s or above, with %s; a record at %s itself"
                    + " takes precedence.")
                .formatted(parent, Finding.shown(texts), name))
        : List.of();
  }

  /// Nothing is at the right name; perhaps it is where a DNS host puts what is entered as a full
  /// name.
  private Finding missing(DnsRecord record, SendingDomain domain, Predicate<DomainName> holds) {
    for (DomainName zone : zones(domain.name())) {
      Optional<DomainName> doubled = DomainName.parse(record.name() + "." + zone);
      if (doubled.isPresent() && holds.test(doubled.get())) {
        String suffix = "." + zone;
        String typed = record.name().value();
        return new Finding.Wrong(
            "Found at %s: your DNS host appends %s by itself, so enter the name as %s."
                .formatted(
                    doubled.get(), zone, typed.substring(0, typed.length() - suffix.length())));
      }
    }
    if (published.alias(record.name())
        instanceof Lookup.Found<DomainName>(List<DomainName> targets)) {
      return new Finding.Wrong(
          "%s is a CNAME to %s, where there is no %s record; replace it by the %s record itself."
              .formatted(
                  record.name(),
                  Finding.shown(targets.stream().map(DomainName::value).toList()),
                  record.type(),
                  record.type()));
    }
    boolean nameless = published.texts(record.name()) instanceof Lookup.NoSuchName<String>;
    return new Finding.Wrong(
        "There is no %s record at %s%s.%s"
            .formatted(
                record.type(),
                record.name(),
                record.required() ? "" : " (mail flows without it)",
                nameless ? " The name does not exist." : ""));
  }

  private boolean holdsText(DomainName name, Predicate<String> wanted) {
    return published.texts(name) instanceof Lookup.Found<String>(List<String> texts)
        && texts.stream().anyMatch(wanted);
  }

  private static boolean isDoubled(String found, String ours, SendingDomain domain) {
    return zones(domain.name()).stream().anyMatch(zone -> found.equals(ours + "." + zone));
  }

  private static Finding zoneAppended(String ours, String found) {
    return new Finding.Wrong(
        ("It points to %s: your DNS host appends the domain by itself,"
                + " so end the value with a dot: %s.")
            .formatted(found, ours));
  }

  /// What a DNS host may append: the domain, or the registered domain above it.
  private static Set<DomainName> zones(DomainName domain) {
    Set<DomainName> zones = new LinkedHashSet<>();
    zones.add(domain);
    zones.add(DmarcInspection.organization(domain));
    return zones;
  }
}
