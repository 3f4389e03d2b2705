package dev.waybill.relay.domains;

import dev.waybill.relay.message.DomainName;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One record that a domain's owner publishes, and what was last seen of it.
///
/// @param purpose the heading it stands under: `SPF`, `DKIM`, `DMARC`, `Tracking`
/// @param type `MX`, `TXT` or `CNAME`
/// @param name the absolute owner name
/// @param relativeName the owner name relative to the registered domain; `@` for the domain itself
/// @param value the data without priority and without quotes
/// @param priority the MX preference; null for other types
/// @param required whether the domain verifies only with it
/// @param status what was last seen
/// @param explanation in plain words: what was found and what is wrong with it, or what the record
///   is for while it was not looked up yet
public record DnsRecord(
    String purpose,
    String type,
    DomainName name,
    String relativeName,
    String value,
    @Nullable Integer priority,
    boolean required,
    Status status,
    String explanation) {
  /// How far a record is.
  public enum Status {
    NOT_STARTED,
    PENDING,
    VERIFIED,
    FAILED,
    TEMPORARY_FAILURE;

    /// The public name, such as `not_started`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public DnsRecord {
    Objects.requireNonNull(purpose, "purpose");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(status, "status");
  }

  /// The same record as it was seen.
  DnsRecord withSeen(Status found, String words) {
    return new DnsRecord(
        purpose, type, name, relativeName, value, priority, required, found, words);
  }

  DnsRecord withExplanation(String words) {
    return withSeen(status, words);
  }
}
