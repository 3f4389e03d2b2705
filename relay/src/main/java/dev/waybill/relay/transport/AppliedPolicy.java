package dev.waybill.relay.transport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.CertificateAssociation;
import dev.waybill.relay.smtp.TlsPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The policy that a session was held to, as TLS reports show it (RFC 8460 §4.2, §4.4). A value.
///
/// @param domain whose policy it is: with TLSA records the name that has them (RFC 7672 §2.2.3)
/// @param strings the policy's lines or records; empty when there is none, or none to be had
/// @param hosts the patterns that an MTA-STS policy names
public record AppliedPolicy(
    Type type, DomainName domain, List<String> strings, List<String> hosts) {
  private static final int MAX_STRINGS = 30;
  private static final int MAX_STRING = 300;

  /// What kind of policy.
  public enum Type {
    TLSA("tlsa"),
    STS("sts"),
    NONE("no-policy-found");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /// As reports say it.
    public String text() {
      return text;
    }

    /// @throws IllegalArgumentException when there is no such type
    public static Type of(String text) {
      for (Type type : values()) {
        if (type.text.equals(text)) {
          return type;
        }
      }
      throw new IllegalArgumentException("policy type " + text);
    }
  }

  public AppliedPolicy {
    strings = bounded(strings);
    hosts = bounded(hosts);
  }

  static AppliedPolicy none(DomainName domain) {
    return new AppliedPolicy(Type.NONE, domain, List.of(), List.of());
  }

  /// @param policy empty when it is not at hand
  static AppliedPolicy sts(DomainName domain, Optional<StsPolicy> policy) {
    List<String> lines = new ArrayList<>();
    policy.ifPresent(known -> {
      lines.add("version: STSv1");
      lines.add("mode: " + known.mode().text());
      known.hosts().forEach(host -> lines.add("mx: " + host));
      lines.add("max_age: " + known.maxAge().toSeconds());
    });
    return new AppliedPolicy(
        Type.STS, domain, lines, policy.map(StsPolicy::hosts).orElse(List.of()));
  }

  /// @param host as the MX record names it
  static AppliedPolicy tlsa(DomainName host, TlsPolicy policy) {
    if (!(policy instanceof TlsPolicy.Dane dane)) {
      return new AppliedPolicy(Type.TLSA, host, List.of(), List.of());
    }
    return new AppliedPolicy(
        Type.TLSA,
        dane.names().getFirst(),
        dane.associations().stream().map(AppliedPolicy::record).sorted().toList(),
        List.of());
  }

  /// A record's data as a zone file has it (RFC 6698 §2.2).
  private static String record(CertificateAssociation record) {
    return "%d %d %d %s"
        .formatted(
            record.usage() == CertificateAssociation.Usage.AUTHORITY ? 2 : 3,
            record.selector().ordinal(),
            record.matching().ordinal(),
            record.data());
  }

  private static List<String> bounded(List<String> texts) {
    return texts.stream()
        .limit(MAX_STRINGS)
        .map(text -> text.length() > MAX_STRING ? text.substring(0, MAX_STRING) : text)
        .toList();
  }
}
