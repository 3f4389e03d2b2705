package dev.waybill.relay.dns;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.waybill.relay.message.DomainName;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.Type;

/// Asks the DNS for answers that DNSSEC proves (RFC 4035). Any thread may call it; it blocks.
///
/// What should have been signed and is not, or not rightly, is no answer. What cannot be signed,
/// because its zone is not, comes all the same and is not secure.
public final class SecureResolver {
  private static final Logger LOG = LoggerFactory.getLogger(SecureResolver.class);
  private static final Duration PROVEN = Duration.ofHours(1);
  private static final Duration UNPROVEN = Duration.ofMinutes(5);

  private final Resolver resolver;
  private final Optional<Name> anchored;
  private final LoadingCache<Name, Boolean> provable;

  private SecureResolver(DnsConversation conversation, Duration timeout, Optional<Name> anchored) {
    this.resolver = Resolver.on(conversation, timeout);
    this.anchored = anchored;
    this.provable =
        Caffeine.newBuilder()
            .expireAfter(Expiry.<Name, Boolean>creating((_, proven) -> proven ? PROVEN : UNPROVEN))
            .build(this::isProven);
  }

  /// Checks every signature itself, up to the anchors.
  ///
  /// @param servers empty for the system's; they need not validate, but must pass signatures on
  /// @param timeout for one whole look-up with all that it needs
  public static SecureResolver validating(
      List<InetSocketAddress> servers, Duration timeout, TrustAnchors anchors) {
    return new SecureResolver(
        DnsConversation.validating(
            servers.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : servers,
            timeout,
            anchors),
        timeout,
        Optional.of(anchors.zone()));
  }

  /// Believes the AD bit of servers that validate and that nobody can stand in front of.
  ///
  /// @param servers on this machine, at least one
  public static SecureResolver trusting(List<InetSocketAddress> servers, Duration timeout) {
    return new SecureResolver(
        DnsConversation.trusting(servers, timeout), timeout, Optional.empty());
  }

  /// Whether the servers pass on what proofs are made of: an anchor's own zone can be proven. Where
  /// they do not, every signed zone would look like a forged one.
  public boolean isUsable() {
    return anchored.map(zone -> provable.get(zone)).orElse(true);
  }

  /// A look at the records of one domain or host, which remembers whether all of it is secure.
  public View view() {
    return new View();
  }

  private boolean isProven(Name zone) {
    DnsConversation.Answer answer = resolver.fresh(zone, Type.DNSKEY, false).join();
    if (!answer.secure()) {
      LOG.warn(
          "the DNS servers do not pass DNSSEC on, so that DANE is not used: the keys of {}: {}",
          zone,
          answer.lookup());
    }
    return answer.secure();
  }

  /// One look. Any thread may use it; it blocks.
  public final class View extends TypedRecords {
    private volatile boolean insecure;
    private volatile @Nullable String unanswered;

    private View() {}

    /// Whether DNSSEC proves every answer so far, denials included.
    public boolean isSecure() {
      return !insecure && unanswered == null;
    }

    /// Why it is not known whether what was asked for is secure: some answers are, and others
    /// failed to come, which somebody in between could have seen to. Empty where that is known.
    public Optional<String> doubt() {
      return insecure ? Optional.empty() : Optional.ofNullable(unanswered);
    }

    @Override
    CompletableFuture<Lookup<Record>> ask(DomainName name, int type) {
      return resolver
          .answer(name, type)
          .thenApply(answer -> {
            if (answer.lookup() instanceof Lookup.NoAnswer<Record>(String reason)) {
              unanswered = reason;
            } else if (!answer.secure()) {
              insecure = true;
            }
            return answer.lookup();
          });
    }
  }
}
