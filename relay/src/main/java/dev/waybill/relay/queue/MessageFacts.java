package dev.waybill.relay.queue;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.shaping.Flow;
import dev.waybill.relay.streams.Stream;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What is known of an accepted message beside its bytes.
///
/// @param id the message's id, as told to the application
/// @param acceptedAt when it was accepted
/// @param sendAt the earliest time of the first attempt; null for at once
/// @param domainId the registered domain that covers its From
/// @param domain that domain's name: the DKIM `d=`
/// @param headerFrom the addr-spec of its From field
/// @param subject its Subject as it stands in the header, for display; possibly empty
/// @param stream what kind of mail it is
/// @param tag the application's label; null for none
/// @param metadata the application's own facts, carried into events
/// @param trackOpens the application's wish for this message; null leaves it to the domain
/// @param trackClicks the application's wish for this message; null leaves it to the domain
/// @param received how it came in, the value of the Received field without its date
/// @param size its length in octets as submitted
/// @param eightBit whether a body has octets above 127, so that the next hop must offer 8BITMIME
/// @param smtpUtf8 whether the submission asked for SMTPUTF8
/// @param envelopeFrom the MAIL FROM of the submission, which no host is told; null for the null
///   sender
/// @param tlsWish what was asked for about TLS on its way
public record MessageFacts(
    UUID id,
    Instant acceptedAt,
    @Nullable Instant sendAt,
    UUID domainId,
    DomainName domain,
    String headerFrom,
    String subject,
    Stream stream,
    @Nullable String tag,
    Map<String, String> metadata,
    @Nullable Boolean trackOpens,
    @Nullable Boolean trackClicks,
    String received,
    long size,
    boolean eightBit,
    boolean smtpUtf8,
    @Nullable EmailAddress envelopeFrom,
    TlsWish tlsWish) {

  public MessageFacts {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(acceptedAt, "acceptedAt");
    Objects.requireNonNull(domainId, "domainId");
    Objects.requireNonNull(domain, "domain");
    Objects.requireNonNull(tlsWish, "tlsWish");
    metadata = Map.copyOf(metadata);
    if (size < 0) {
      throw new IllegalArgumentException("size %d (expected: 0 or more)".formatted(size));
    }
  }

  /// When its deliveries were due first: their lifetime begins then.
  public Instant dueSince() {
    return sendAt == null ? acceptedAt : sendAt;
  }

  /// Whose turn its deliveries share.
  public Flow flow() {
    return new Flow(domainId, stream);
  }
}
