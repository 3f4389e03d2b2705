package dev.waybill.relay.app.sandbox;

import com.google.common.net.InternetDomainName;
import dev.waybill.relay.app.sandbox.Verdicts.Verdict;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.HeaderBlock.Field;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// DMARC (RFC 7489): does the domain in From stand behind the message, by SPF or by DKIM?
///
/// Any thread may call it.
final class DmarcCheck {
  private final ReceiverDns dns;

  DmarcCheck(ReceiverDns dns) {
    this.dns = dns;
  }

  /// A published policy and where it stands.
  private record Policy(DomainName domain, Map<String, String> tags) {
    boolean strict(String tag) {
      return "s".equalsIgnoreCase(tags.getOrDefault(tag, "r"));
    }
  }

  Verdict examine(HeaderBlock header, String sender, Verdict spf, DkimCheck.Outcome signatures) {
    Optional<DomainName> author = author(header);
    if (author.isEmpty()) {
      return Verdict.fail("From does not name exactly one author, so no domain can vouch for it");
    }
    DomainName from = author.get();
    Optional<Policy> found;
    try {
      found = policy(from);
    } catch (IOException noAnswer) {
      return Verdict.fail("The DMARC record of %s: %s".formatted(from, noAnswer.getMessage()));
    }
    if (found.isEmpty()) {
      return Verdict.none("No DMARC record for " + from);
    }
    Policy policy = found.get();
    Optional<DomainName> signer =
        signatures.passed().stream()
            .flatMap(passed -> DomainName.parse(passed.domain()).stream())
            .filter(domain -> aligned(domain, from, policy.strict("adkim")))
            .findFirst();
    Optional<DomainName> returnPath =
        DomainName.parse(sender.substring(sender.lastIndexOf('@') + 1))
            .filter(domain -> spf.passed() && aligned(domain, from, policy.strict("aspf")));
    if (signer.isEmpty() && returnPath.isEmpty()) {
      return Verdict.fail(
          "From is %s, and neither a passing DKIM signature nor a passing SPF check is of that domain"
              .formatted(from));
    }
    return Verdict.pass(
        "From %s is vouched for by %s%s%s; policy p=%s of %s"
            .formatted(
                from,
                signer.map(domain -> "DKIM " + domain).orElse(""),
                signer.isPresent() && returnPath.isPresent() ? " and " : "",
                returnPath.map(domain -> "SPF " + domain).orElse(""),
                policy.tags().get("p"),
                policy.domain()));
  }

  private static Optional<DomainName> author(HeaderBlock header) {
    List<Field> fields = header.all("From");
    if (fields.size() != 1) {
      return Optional.empty();
    }
    try {
      InternetAddress[] authors = InternetAddress.parse(header.value(fields.getFirst()), true);
      if (authors.length != 1 || authors[0].isGroup()) {
        return Optional.empty();
      }
      String address = authors[0].getAddress();
      return DomainName.parse(address.substring(address.lastIndexOf('@') + 1));
    } catch (AddressException noMailbox) {
      return Optional.empty();
    }
  }

  /// The record of the domain itself or of its organisational domain (RFC 7489 §6.6.3).
  private Optional<Policy> policy(DomainName from) throws IOException {
    for (DomainName domain : List.of(from, organisation(from))) {
      List<Map<String, String>> records =
          dns.texts("_dmarc." + domain).stream()
              .filter(text -> text.startsWith("v=DMARC1"))
              .map(DmarcCheck::tags)
              .filter(tags -> tags.containsKey("p"))
              .toList();
      if (records.size() == 1) {
        return Optional.of(new Policy(domain, records.getFirst()));
      }
    }
    return Optional.empty();
  }

  private static Map<String, String> tags(String record) {
    Map<String, String> tags = new HashMap<>();
    for (String tag : record.split(";", -1)) {
      int equals = tag.indexOf('=');
      if (equals > 0) {
        tags.put(
            tag.substring(0, equals).strip().toLowerCase(Locale.ROOT),
            tag.substring(equals + 1).strip());
      }
    }
    return tags;
  }

  /// RFC 7489 §3.1.
  private static boolean aligned(DomainName domain, DomainName from, boolean strict) {
    return domain.equals(from) || (!strict && organisation(domain).equals(organisation(from)));
  }

  /// One label below the public suffix; two labels where the list knows no suffix, as for
  /// `.example`.
  private static DomainName organisation(DomainName domain) {
    String name = domain.value();
    if (InternetDomainName.isValid(name)) {
      InternetDomainName known = InternetDomainName.from(name);
      if (known.hasRegistrySuffix()) {
        return known.isRegistrySuffix()
            ? domain
            : DomainName.of(known.topDomainUnderRegistrySuffix().toString());
      }
    }
    String[] labels = name.split("\\.", -1);
    return labels.length <= 2
        ? domain
        : DomainName.of(labels[labels.length - 2] + "." + labels[labels.length - 1]);
  }
}
