package dev.waybill.relay.doctor;

import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.dns.Resolver;
import dev.waybill.relay.domains.DnsRecord;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.tokens.Tokens;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/// What the doctor needs of the relay around it.
///
/// @param resolver best one that keeps nothing, so that a correction is seen at once
/// @param inspection looks a domain's records up now; empty for a domain that is gone
/// @param tokens prove that who answers is this relay
/// @param certificate what the doors show now
/// @param web makes TLS connections as recipients' programs do
/// @param ids for the deliveries that the proofs speak of and that never were
/// @param nanos a monotonic clock in nanoseconds
public record Instruments(
    Resolver resolver,
    Function<UUID, Optional<Inspected>> inspection,
    Tokens tokens,
    Supplier<X509Certificate> certificate,
    Supplier<SSLSocketFactory> web,
    TimeOrderedIds ids,
    InstantSource clock,
    LongSupplier nanos) {
  /// A domain and its records as they were just looked up.
  ///
  /// @param unanswered those of which the DNS said nothing this time
  public record Inspected(
      SendingDomain domain, List<DnsRecord> records, List<DnsRecord> unanswered) {
    public Inspected {
      records = List.copyOf(records);
      unanswered = List.copyOf(unanswered);
    }

    /// Asks the ledger.
    public static Function<UUID, Optional<Inspected>> by(Domains domains) {
      return id -> {
        List<DnsRecord> unanswered = new ArrayList<>();
        return domains
            .verifyNow(id, unanswered::add)
            .map(domain -> new Inspected(domain, domains.records(id), unanswered));
      };
    }

    /// Whether the record's status is an older one.
    boolean isUnanswered(DnsRecord record) {
      return unanswered.stream()
          .anyMatch(each ->
              each.name().equals(record.name())
                  && each.type().equals(record.type())
                  && each.value().equals(record.value()));
    }
  }
}
