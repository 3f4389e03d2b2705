package dev.waybill.relay.feedback;

import dev.waybill.relay.message.DomainName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The providers that report, by the domains of their reporting hosts; the names are those of
/// delivery's metrics.
final class Reporters {
  private static final String OTHER = "other";
  private static final Map<String, String> BY_DOMAIN =
      Map.ofEntries(
          Map.entry("yahoo.com", "yahoo"),
          Map.entry("yahoodns.net", "yahoo"),
          Map.entry("aol.com", "yahoo"),
          Map.entry("aol.net", "yahoo"),
          Map.entry("outlook.com", "microsoft"),
          Map.entry("exchangelabs.com", "microsoft"),
          Map.entry("hotmail.com", "microsoft"),
          Map.entry("microsoft.com", "microsoft"),
          Map.entry("google.com", "google"),
          Map.entry("googlemail.com", "google"),
          Map.entry("comcast.net", "comcast"),
          Map.entry("fastmail.com", "fastmail"),
          Map.entry("messagingengine.com", "fastmail"),
          Map.entry("gmx.net", "gmx"),
          Map.entry("web.de", "gmx"),
          Map.entry("zoho.com", "zoho"),
          Map.entry("mail.ru", "mailru"),
          Map.entry("yandex.ru", "yandex"),
          Map.entry("yandex.net", "yandex"),
          Map.entry("apple.com", "icloud"),
          Map.entry("icloud.com", "icloud"),
          Map.entry("me.com", "icloud"),
          Map.entry("protonmail.ch", "proton"),
          Map.entry("mimecast.com", "mimecast"),
          Map.entry("pphosted.com", "proofpoint"),
          Map.entry("barracudanetworks.com", "barracuda"));

  /// Every label there is.
  static final Set<String> LABELS = labels();

  private Reporters() {}

  /// The label for a reporting host, which is nothing but a claim; `other` when it is unknown.
  static String label(String reportingHost) {
    Optional<DomainName> name = DomainName.parse(reportingHost);
    while (name.isPresent()) {
      String label = BY_DOMAIN.get(name.get().value());
      if (label != null) {
        return label;
      }
      name = name.get().parent();
    }
    return OTHER;
  }

  private static Set<String> labels() {
    Set<String> labels = new TreeSet<>(BY_DOMAIN.values());
    labels.add(OTHER);
    return Set.copyOf(labels);
  }
}
