package dev.waybill.relay.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import dev.waybill.relay.brand.Logo;
import dev.waybill.relay.domains.DnsRecord;
import dev.waybill.relay.domains.SendingDomain;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A domain as the API shows it.
///
/// @param deletedAt null while it is registered
/// @param region Resend names a data centre here
/// @param records absent in lists
/// @param breakers how its streams stand; absent in lists
record DomainView(
    String object,
    UUID id,
    String name,
    String status,
    String createdAt,
    @Nullable String deletedAt,
    String region,
    String customReturnPath,
    boolean openTracking,
    boolean clickTracking,
    @Nullable String trackingSubdomain,
    @Nullable String displayName,
    @Nullable String unsubscribeFooter,
    @Nullable LogoView logo,
    String tls,
    @JsonInclude(Include.NON_NULL) @Nullable List<RecordView> records,
    @JsonInclude(Include.NON_NULL) @Nullable List<BreakersResource.BreakerView> breakers) {

  static final String ENFORCED = "enforced";
  static final String OPPORTUNISTIC = "opportunistic";

  /// What is known of a logo; the picture itself stands at `/domains/{domain}/logo`.
  ///
  /// @param type the media type
  /// @param size in octets
  /// @param digest SHA-256 in hexadecimal
  record LogoView(String type, int size, int width, int height, String digest) {
    static @Nullable LogoView of(@Nullable Logo logo) {
      return logo == null
          ? null
          : new LogoView(
              logo.format().mediaType(), logo.size(), logo.width(), logo.height(), logo.digest());
    }
  }

  /// A record to publish as the API shows it.
  ///
  /// @param name relative to the domain, `@` for the domain itself
  /// @param priority absent but for MX
  record RecordView(
      String record,
      String name,
      String fqdn,
      String type,
      String ttl,
      String status,
      String value,
      @JsonInclude(Include.NON_NULL) @Nullable Integer priority,
      boolean required,
      String explanation) {

    static RecordView of(DnsRecord record) {
      return new RecordView(
          record.purpose(),
          record.relativeName(),
          record.name().value(),
          record.type(),
          "Auto",
          record.status().text(),
          record.value(),
          record.priority(),
          record.required(),
          record.explanation());
    }
  }

  static DomainView of(SendingDomain domain, Optional<Instant> removedAt) {
    return of(domain, removedAt, null, null);
  }

  static DomainView withRecords(
      SendingDomain domain,
      Optional<Instant> removedAt,
      List<DnsRecord> records,
      List<BreakersResource.BreakerView> breakers) {
    return of(domain, removedAt, records.stream().map(RecordView::of).toList(), breakers);
  }

  private static DomainView of(
      SendingDomain domain,
      Optional<Instant> removedAt,
      @Nullable List<RecordView> records,
      @Nullable List<BreakersResource.BreakerView> breakers) {
    return new DomainView(
        "domain",
        domain.id(),
        domain.name().value(),
        domain.status().text(),
        Times.text(domain.createdAt()),
        removedAt.map(Times::text).orElse(null),
        "self-hosted",
        domain.returnPathLabel(),
        domain.openTracking(),
        domain.clickTracking(),
        domain.trackingSubdomain(),
        domain.brand().displayName(),
        domain.brand().unsubscribeFooter(),
        LogoView.of(domain.brand().logo()),
        domain.requireTls() ? ENFORCED : OPPORTUNISTIC,
        records,
        breakers);
  }
}
