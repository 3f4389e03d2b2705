package dev.waybill.relay.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How one attempt at one delivery ended. Only [Rejected] is permanent.
public sealed interface AttemptOutcome {
  /// The host that was talked to.
  ///
  /// @param host its name, as in the MX record
  /// @param address its IP address
  /// @param tls the TLS protocol and cipher, such as `TLSv1.3 TLS_AES_128_GCM_SHA256`; null in
  ///   clear
  /// @param security what the connection kept to; null when nothing is known of it
  /// @param source our own address there; null where the system picked it
  record Peer(
      String host,
      String address,
      @Nullable String tls,
      @Nullable Security security,
      @Nullable String source) {
    /// Without a word about what the connection kept to, and from where.
    public Peer(String host, String address, @Nullable String tls) {
      this(host, address, tls, null, null);
    }
  }

  /// How well an attempt was secured.
  ///
  /// @param policy by whose wish: `dane`, `mta-sts`, `enforced`, `encrypted`, `opportunistic`, or
  ///   `none` in clear
  /// @param reason why it was not better, or why there was no connection; null when there is
  ///   nothing to say
  /// @param downgrade how the host was secured before, where that was better; null where it was not
  record Security(String policy, @Nullable String reason, @Nullable String downgrade) {
    /// The facts of an event.
    Map<String, String> facts() {
      Map<String, String> facts = new LinkedHashMap<>();
      facts.put("tls_policy", policy);
      if (reason != null) {
        facts.put("tls_reason", reason);
      }
      if (downgrade != null) {
        facts.put("tls_downgrade", downgrade);
      }
      return facts;
    }
  }

  /// What is remembered of a copy that a host took.
  ///
  /// @param untracked why opens or clicks that were to be counted are not, such as `signed`; empty
  ///   where they are or were not to be
  /// @param digest of its bytes before signing; empty when nobody knows
  /// @param signedAt when it was signed, to the second
  /// @param selectors which keys signed, in the order of the signatures
  /// @param converted what the host does not offer, for want of which the copy was written
  ///   otherwise before it was signed, such as `8bitmime`; empty where it was not
  record Copy(
      String untracked, String digest, Instant signedAt, List<String> selectors, String converted) {
    /// Of a copy that was not converted.
    public Copy(String untracked, String digest, Instant signedAt, List<String> selectors) {
      this(untracked, digest, signedAt, selectors, "");
    }

    /// Nothing is remembered.
    public static final Copy UNKNOWN = new Copy("", "", Instant.EPOCH, List.of());

    private static final String DIGEST = "copy";
    private static final String SIGNED_AT = "signed_at";
    private static final String SELECTORS = "selectors";
    private static final String CONVERTED = "converted";

    public Copy {
      selectors = List.copyOf(selectors);
    }

    /// As it stands in the event.
    Map<String, String> facts() {
      Map<String, String> facts = new LinkedHashMap<>();
      if (!untracked.isEmpty()) {
        facts.put("untracked", untracked);
      }
      if (!digest.isEmpty()) {
        facts.put(DIGEST, digest);
        facts.put(SIGNED_AT, Long.toString(signedAt.getEpochSecond()));
        facts.put(SELECTORS, String.join(" ", selectors));
      }
      if (!converted.isEmpty()) {
        facts.put(CONVERTED, converted);
      }
      return facts;
    }

    /// What an event tells of the copy; unknown where it was written by a version that did not.
    public static Copy of(Map<String, String> facts) {
      String digest = facts.getOrDefault(DIGEST, "");
      String seconds = facts.getOrDefault(SIGNED_AT, "");
      String selectors = facts.getOrDefault(SELECTORS, "");
      return digest.isEmpty() || !seconds.matches("[0-9]{1,11}") || selectors.isEmpty()
          ? UNKNOWN
          : new Copy(
              facts.getOrDefault("untracked", ""),
              digest,
              Instant.ofEpochSecond(Long.parseLong(seconds)),
              List.of(selectors.split(" ")),
              facts.getOrDefault(CONVERTED, ""));
    }
  }

  /// The host took responsibility for the copy.
  ///
  /// @param reply its last reply, such as `250 2.0.0 Ok: queued as 4F1`
  record Delivered(Peer peer, String reply, Copy copy) implements AttemptOutcome {
    /// Delivered, with nothing to be remembered of the copy.
    public Delivered(Peer peer, String reply) {
      this(peer, reply, Copy.UNKNOWN);
    }
  }

  /// The host asked to come back.
  ///
  /// @param retryAfter how long it asked to wait, where its reply said so
  record Deferred(Peer peer, String reply, Optional<Duration> retryAfter)
      implements AttemptOutcome {}

  /// The recipient's side said no for good: a 5xx reply, a null MX, a domain that does not exist.
  ///
  /// So is that no host of the domain keeps to what the sender requires (RFC 8689 §4.2.1).
  ///
  /// @param peer null when the DNS said no, or when no host may be told of the mail
  /// @param security what no host keeps to; null when that is not why
  record Rejected(@Nullable Peer peer, String reply, @Nullable Security security)
      implements AttemptOutcome {
    /// For another reason than security.
    public Rejected(@Nullable Peer peer, String reply) {
      this(peer, reply, null);
    }
  }

  /// No host could be talked to, or none said anything final.
  ///
  /// @param security what no host would keep to; null when that is not why
  record Unreachable(String reason, @Nullable Security security) implements AttemptOutcome {
    /// For another reason than security.
    public Unreachable(String reason) {
      this(reason, null);
    }
  }

  /// It was not tried, since its destination is left alone for now or nothing more may leave today
  /// from our addresses: no attempt of its own.
  ///
  /// @param reason what the destination said or did, or which addresses are being warmed up
  /// @param pause how long that goes on
  record Postponed(String reason, Duration pause) implements AttemptOutcome {}

  /// The recipient was suppressed after the message had been accepted.
  record Suppressed(String reason) implements AttemptOutcome {}

  /// It was thrown away, as a route of the configuration says; nobody got it.
  ///
  /// @param route the route's name
  record Discarded(String route) implements AttemptOutcome {}

  /// A route of the configuration holds it until an operator releases it.
  ///
  /// @param route the route's name
  record Held(String route) implements AttemptOutcome {}

  /// Our own mistake: the delivery is held for the operator and never bounces.
  record Fault(String reason) implements AttemptOutcome {}
}
