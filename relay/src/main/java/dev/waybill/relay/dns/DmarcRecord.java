package dev.waybill.relay.dns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// A published DMARC policy (RFC 9989 §4.7), read as receivers read it. Immutable; any thread.
///
/// @param policy the `p` tag: what the domain asks for when its mail fails
/// @param subdomainPolicy the `sp` tag: the same for subdomains; `p` where it is absent
/// @param missingPolicy the `np` tag: the same for subdomains that do not exist; `sp` where it is
///   absent
/// @param strictDkim `adkim=s`: the `d=` domain must equal the From domain
/// @param strictSpf `aspf=s`: the return path's domain must equal the From domain
/// @param testing `t=y`: the owner asks that the policy not be applied yet
/// @param publicSuffix the `psd` tag: whether the name is a public suffix, which ends a tree walk
/// @param aggregateReports the `rua` addresses, as URIs
/// @param obsoleteTags tags of RFC 7489 that RFC 9989 took away: `pct`, `rf`, `ri`
public record DmarcRecord(
    Policy policy,
    Policy subdomainPolicy,
    Policy missingPolicy,
    boolean strictDkim,
    boolean strictSpf,
    boolean testing,
    PublicSuffix publicSuffix,
    List<String> aggregateReports,
    List<String> obsoleteTags) {
  private static final int MAX_LENGTH = 8_192;
  private static final List<String> OBSOLETE = List.of("pct", "rf", "ri");

  /// What a domain asks receivers to do.
  public enum Policy {
    NONE,
    QUARANTINE,
    REJECT;

    /// The tag's value, such as `quarantine`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The values of the `psd` tag.
  public enum PublicSuffix {
    /// `psd=y`: the organizational domain is one label below.
    YES,
    /// `psd=n`: this name is an organizational domain.
    NO,
    /// Absent or `psd=u`: the tree walk decides.
    UNKNOWN
  }

  /// What a TXT record at `_dmarc` turned out to be.
  public sealed interface Parsed {
    /// A policy.
    record Published(DmarcRecord record) implements Parsed {}

    /// Some other text: receivers ignore it.
    record Unrelated() implements Parsed {}

    /// It claims to be a policy and receivers cannot use it.
    ///
    /// @param problem in words for its owner
    record Malformed(String problem) implements Parsed {}
  }

  public DmarcRecord {
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(subdomainPolicy, "subdomainPolicy");
    Objects.requireNonNull(missingPolicy, "missingPolicy");
    Objects.requireNonNull(publicSuffix, "publicSuffix");
    aggregateReports = List.copyOf(aggregateReports);
    obsoleteTags = List.copyOf(obsoleteTags);
  }

  /// Reads one TXT record's joined text. Unknown tags are ignored, and so are unusable values of
  /// tags that have a default; without a usable `p` a record counts as `p=none` only while it asks
  /// for reports or leaves the tag out altogether.
  public static Parsed parse(String text) {
    String[] parts = text.split(";", -1);
    if (!isVersion(parts[0])) {
      return new Parsed.Unrelated();
    }
    if (text.length() > MAX_LENGTH) {
      return new Parsed.Malformed(
          "%d characters (expected: %d at most)".formatted(text.length(), MAX_LENGTH));
    }
    Map<String, String> tags = new HashMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String name = parts[i].substring(0, Math.max(equals, 0)).strip().toLowerCase(Locale.ROOT);
      if (parts[i].isBlank()) {
        continue;
      }
      if (name.isEmpty()) {
        return new Parsed.Malformed("\"%s\" (expected: name=value)".formatted(parts[i].strip()));
      }
      if (tags.put(name, parts[i].substring(equals + 1).strip()) != null) {
        return new Parsed.Malformed("the tag %s stands twice".formatted(name));
      }
    }
    return read(tags);
  }

  private static Parsed read(Map<String, String> tags) {
    List<String> reports = new ArrayList<>();
    for (String uri : tags.getOrDefault("rua", "").split(",", -1)) {
      if (uri.contains(":")) {
        reports.add(uri.strip());
      }
    }
    Policy policy = Policy.NONE;
    Policy subdomains = Policy.NONE;
    Policy missing = Policy.NONE;
    try {
      policy = policy(tags.getOrDefault("p", "none"));
      subdomains = policy(tags.getOrDefault("sp", policy.text()));
      missing = policy(tags.getOrDefault("np", subdomains.text()));
    } catch (IllegalArgumentException unusable) {
      if (reports.isEmpty()) {
        return new Parsed.Malformed(
            "p=%s, sp=%s, np=%s (expected: none, quarantine or reject)"
                .formatted(
                    tags.getOrDefault("p", ""),
                    tags.getOrDefault("sp", ""),
                    tags.getOrDefault("np", "")));
      }
      policy = Policy.NONE;
      subdomains = Policy.NONE;
      missing = Policy.NONE;
    }
    return new Parsed.Published(
        new DmarcRecord(
            policy,
            subdomains,
            missing,
            tags.getOrDefault("adkim", "r").equalsIgnoreCase("s"),
            tags.getOrDefault("aspf", "r").equalsIgnoreCase("s"),
            tags.getOrDefault("t", "n").equalsIgnoreCase("y"),
            publicSuffix(tags.getOrDefault("psd", "u")),
            reports,
            OBSOLETE.stream().filter(tags::containsKey).toList()));
  }

  /// The version comes first and its value, unlike all others, has regard to case (RFC 9989 §4.7).
  private static boolean isVersion(String part) {
    int equals = part.indexOf('=');
    return equals > 0
        && part.substring(0, equals).strip().equalsIgnoreCase("v")
        && part.substring(equals + 1).strip().equals("DMARC1");
  }

  private static Policy policy(String value) {
    return Policy.valueOf(value.toUpperCase(Locale.ROOT));
  }

  private static PublicSuffix publicSuffix(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "y" -> PublicSuffix.YES;
      case "n" -> PublicSuffix.NO;
      default -> PublicSuffix.UNKNOWN;
    };
  }
}
