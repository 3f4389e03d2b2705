package dev.waybill.relay.tracking;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.brand.Logo;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives out the senders' logos. Any thread may use it; whoever asks for one that was not asked for
/// lately waits for the database, and only for a logo that a domain has now: the rest is told from
/// memory.
final class Logos {
  private static final Logger LOG = LoggerFactory.getLogger(Logos.class);

  /// In octets; a logo has 64 KiB at most.
  private static final long MAX_KEPT = 8L * 1024 * 1024;

  private final Senders senders;
  private final Cache<String, byte[]> kept =
      Caffeine.newBuilder()
          .maximumWeight(MAX_KEPT)
          .weigher((String _, byte[] picture) -> picture.length)
          .executor(Runnable::run)
          .build();

  Logos(Senders senders) {
    this.senders = senders;
  }

  /// The picture that the path names by domain and digest. It never changes, so that browsers may
  /// keep it for good (RFC 8246).
  ///
  /// @throws Refusal when no domain has it, or while the database does not tell
  Response answer(Request request) {
    UUID domainId = id(request.variable("domain")).orElseThrow(Logos::lost);
    Logo logo =
        senders
            .domains()
            .apply(domainId)
            .map(SendingDomain::brand)
            .flatMap(brand -> Optional.ofNullable(brand.logo()))
            .filter(known -> known.digest().equals(request.variable("digest")))
            .orElseThrow(Logos::lost);
    byte[] picture;
    try {
      picture = kept.get(logo.digest(), _ -> senders.pictures().apply(domainId, logo).orElse(null));
    } catch (RuntimeException storageTrouble) {
      LOG.warn("The logo of {} could not be read", domainId, storageTrouble);
      throw new Refusal(new Problem(503, "service_unavailable", "try again later"));
    }
    if (picture == null) {
      throw lost();
    }
    return Response.of(200, logo.format().mediaType(), picture)
        .with("Cache-Control", "public, max-age=31536000, immutable");
  }

  private static Optional<UUID> id(String text) {
    try {
      return Optional.of(UUID.fromString(text)).filter(id -> id.toString().equals(text));
    } catch (IllegalArgumentException noId) {
      return Optional.empty();
    }
  }

  private static Refusal lost() {
    return new Refusal(Problem.notFound("there is no such picture"));
  }
}
