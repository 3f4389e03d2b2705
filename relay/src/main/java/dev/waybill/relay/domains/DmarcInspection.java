package dev.waybill.relay.domains;

import com.google.common.net.InternetDomainName;
import dev.waybill.relay.dns.DmarcRecord;
import dev.waybill.relay.dns.DmarcRecord.Parsed;
import dev.waybill.relay.dns.DmarcRecord.PublicSuffix;
import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.message.DomainName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Finds the DMARC policy that receivers apply to a domain and judges what it means for mail sent
/// here (RFC 9989). Any thread may use it.
final class DmarcInspection {
  /// RFC 9989 §4.10: of a longer name only the author domain and its last seven labels are asked
  /// for.
  private static final int MAX_LABELS = 8;

  private static final int MAX_REPORTS = 5;

  private final PublishedRecords published;

  DmarcInspection(PublishedRecords published) {
    this.published = published;
  }

  /// What stands at one name.
  private sealed interface AtName {
    record Policy(DomainName name, DmarcRecord record) implements AtName {}

    record Nothing() implements AtName {}

    record Unusable(String explanation) implements AtName {}

    record Unknown(Finding silence) implements AtName {}
  }

  /// @return empty when neither the domain nor any of its ancestors has a policy
  Optional<Finding> judge(SendingDomain domain) {
    return switch (at(domain.name())) {
      case AtName.Policy policy ->
          Optional.of(
              judgeOwn(policy.record(), domain)
                  .with(reportRemarks(domain.name(), policy.record()))
                  .with(organizationRemarks(domain.name())));
      case AtName.Unusable(String explanation) -> Optional.of(new Finding.Wrong(explanation));
      case AtName.Unknown(Finding silence) -> Optional.of(silence);
      case AtName.Nothing() -> judgeInherited(domain);
    };
  }

  private Optional<Finding> judgeInherited(SendingDomain domain) {
    List<AtName.Policy> found = new ArrayList<>();
    for (DomainName name : ancestors(domain.name())) {
      switch (at(name)) {
        case AtName.Policy policy -> found.add(policy);
        case AtName.Nothing() -> {}
        // receivers do not see it either; it is that name's owner's to repair
        case AtName.Unusable(_) -> {}
        case AtName.Unknown(Finding silence) -> {
          return Optional.of(silence);
        }
      }
      if (!found.isEmpty()
          && found.getLast().record().publicSuffix() != PublicSuffix.UNKNOWN
          && found.getLast().name().equals(name)) {
        break;
      }
    }
    return applying(found)
        .map(policy ->
            new Finding.Right(
                    "No own policy; receivers apply the one of _dmarc.%s: %s.%s"
                        .formatted(
                            policy.name(),
                            policy.record().subdomainPolicy().text(),
                            alignment(policy.record(), domain)))
                .with(reportRemarks(policy.name(), policy.record())));
  }

  /// Of the policies found on the way up, the organizational domain's, or else the public suffix's
  /// (RFC 9989 §4.10.2). The organizational domain is the name just below a public suffix, and
  /// where none is marked as such the shortest name that has a policy.
  private static Optional<AtName.Policy> applying(List<AtName.Policy> nearestFirst) {
    if (nearestFirst.isEmpty()) {
      return Optional.empty();
    }
    AtName.Policy top = nearestFirst.getLast();
    if (top.record().publicSuffix() != PublicSuffix.YES) {
      return Optional.of(top);
    }
    return nearestFirst.stream()
        .filter(policy -> policy.name().parent().equals(Optional.of(top.name())))
        .findFirst()
        .or(() -> Optional.of(top));
  }

  private static Finding judgeOwn(DmarcRecord record, SendingDomain domain) {
    StringBuilder explanation = new StringBuilder();
    explanation.append(
        "The policy is %s%s."
            .formatted(record.policy().text(), record.testing() ? ", announced as a test" : ""));
    if (record.subdomainPolicy() != record.policy()) {
      explanation.append(
          " For mail from its subdomains it is %s (sp)."
              .formatted(record.subdomainPolicy().text()));
    }
    if (record.missingPolicy() != record.subdomainPolicy()) {
      explanation.append(
          " For subdomains that do not exist in the DNS it is %s (np)."
              .formatted(record.missingPolicy().text()));
    }
    explanation.append(alignment(record, domain));
    if (record.publicSuffix() == PublicSuffix.YES) {
      explanation.append(
          (" psd=y calls %s a public suffix, so the return path %s counts as another"
                  + " organization's; remove it.")
              .formatted(domain.name(), domain.returnPathDomain()));
    }
    if (!record.obsoleteTags().isEmpty()) {
      explanation.append(
          " RFC 9989 took away the tag %s; receivers ignore it."
              .formatted(String.join(", ", record.obsoleteTags())));
    }
    return new Finding.Right(explanation.toString());
  }

  /// Whether the reports reach those whom the policy names (RFC 9990 §4): another organization must
  /// have agreed to get them.
  private List<String> reportRemarks(DomainName owner, DmarcRecord record) {
    if (record.aggregateReports().isEmpty()) {
      return List.of("It has no rua address (rua=mailto:…), so no reports arrive.");
    }
    List<String> remarks = new ArrayList<>();
    for (String uri : record.aggregateReports().stream().limit(MAX_REPORTS).toList()) {
      Optional<DomainName> other = mailDomain(uri);
      if (other.isEmpty()) {
        remarks.add(
            "Reports go only to mailto: addresses, not to %s.".formatted(Finding.shown(uri)));
      } else if (!organization(other.get()).equals(organization(owner))
          && refuses(other.get(), owner)) {
        remarks.add(
            ("Reports to %s do not arrive: %s has to publish \"v=DMARC1\" at"
                    + " %s._report._dmarc.%s.")
                .formatted(Finding.shown(uri), other.get(), owner, other.get()));
      }
    }
    return remarks;
  }

  private boolean refuses(DomainName other, DomainName owner) {
    Optional<DomainName> consent = DomainName.parse("%s._report._dmarc.%s".formatted(owner, other));
    return consent.isPresent()
        && switch (published.texts(consent.get())) {
          case Lookup.Found<String>(List<String> texts) ->
              texts.stream()
                  .noneMatch(text -> !(DmarcRecord.parse(text) instanceof Parsed.Unrelated));
          case Lookup.NoRecord<String>() -> true;
          case Lookup.NoSuchName<String>() -> true;
          case Lookup.NoAnswer<String> _ -> false;
          case Lookup.Unproven<String> _ -> false;
        };
  }

  /// The domain of `mailto:someone@domain!10m`; empty for another scheme.
  private static Optional<DomainName> mailDomain(String uri) {
    int at = uri.lastIndexOf('@');
    int size = uri.indexOf('!', Math.max(at, 0));
    return at > 0 && uri.regionMatches(true, 0, "mailto:", 0, 7)
        ? DomainName.parse(uri.substring(at + 1, size < 0 ? uri.length() : size))
        : Optional.empty();
  }

  /// A policy of a subdomain alone leaves the domain above it open.
  private List<String> organizationRemarks(DomainName domain) {
    DomainName top = organization(domain);
    return !top.equals(domain) && at(top) instanceof AtName.Nothing
        ? List.of(
            "%s above it has no policy, so mail that pretends to be from there is not judged."
                .formatted(top))
        : List.of();
  }

  /// The registered domain, by the list of public suffixes; the name itself where there is none.
  static DomainName organization(DomainName name) {
    if (!InternetDomainName.isValid(name.value())) {
      return name;
    }
    InternetDomainName known = InternetDomainName.from(name.value());
    return known.isUnderRegistrySuffix()
        ? DomainName.of(known.topDomainUnderRegistrySuffix().toString())
        : name;
  }

  private static String alignment(DmarcRecord record, SendingDomain domain) {
    String spf =
        record.strictSpf()
            ? " With aspf=s the return path %s does not count as %s, so DMARC passes by DKIM alone."
                .formatted(domain.returnPathDomain(), domain.name())
            : "";
    String dkim =
        record.strictDkim()
            ? " With adkim=s mail from a subdomain of %s does not pass by DKIM."
                .formatted(domain.name())
            : "";
    return spf + dkim;
  }

  private AtName at(DomainName name) {
    Optional<DomainName> owner = DomainName.parse("_dmarc." + name);
    if (owner.isEmpty()) {
      return new AtName.Nothing();
    }
    return switch (published.texts(owner.get())) {
      case Lookup.Found<String>(List<String> texts) -> read(name, texts);
      case Lookup.NoRecord<String>() -> new AtName.Nothing();
      case Lookup.NoSuchName<String>() -> new AtName.Nothing();
      case Lookup.NoAnswer<String>(String reason) -> new AtName.Unknown(Finding.silence(reason));
      case Lookup.Unproven<String>(String reason) -> new AtName.Unknown(Finding.unproven(reason));
    };
  }

  private static AtName read(DomainName name, List<String> texts) {
    List<AtName> policies = new ArrayList<>();
    for (String text : texts) {
      switch (DmarcRecord.parse(text)) {
        case Parsed.Published(DmarcRecord record) -> policies.add(new AtName.Policy(name, record));
        case Parsed.Malformed(String problem) ->
            policies.add(
                new AtName.Unusable(
                    "Receivers cannot use the DMARC record: %s."
                        .formatted(Finding.shown(problem))));
        case Parsed.Unrelated() -> {
          if (text.startsWith("\"v=DMARC1")) {
            policies.add(
                new AtName.Unusable("The value contains quotation marks; enter it without any."));
          } else if (text.toLowerCase(Locale.ROOT).contains("v=dmarc1")) {
            policies.add(
                new AtName.Unusable(
                    "Receivers overlook the record: it has to begin with v=DMARC1; exactly."));
          }
        }
      }
    }
    return switch (policies.size()) {
      case 0 -> new AtName.Nothing();
      case 1 -> policies.getFirst();
      // RFC 9989 §4.10: several policies at one name count as none
      default ->
          new AtName.Unusable(
              "There are %d DMARC records; receivers then apply none of them."
                  .formatted(policies.size()));
    };
  }

  /// The names above, nearest first, as the tree walk visits them.
  private static List<DomainName> ancestors(DomainName name) {
    List<DomainName> above = new ArrayList<>();
    Optional<DomainName> next = name.parent();
    while (next.isPresent()) {
      if (next.get().value().chars().filter(c -> c == '.').count() < MAX_LABELS - 1) {
        above.add(next.get());
      }
      next = next.get().parent();
    }
    return above;
  }
}
