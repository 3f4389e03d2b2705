package dev.waybill.relay.dns;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.waybill.relay.message.DomainName;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;

/// Asks the configured DNS servers. Any thread may call it; it blocks, so call from virtual
/// threads.
///
/// Answers are kept for their TTL, "no" for the SOA's negative TTL (RFC 2308 §5), "no answer" not
/// at all. Concurrent look-ups of one question share one query. Aliases are followed (RFC 1034
/// §3.6.2).
public final class Resolver extends TypedRecords {
  private static final int MAX_CACHED = 50_000;
  private static final Duration LONGEST_PROOF = Duration.ofHours(1);

  private record Question(Name name, int type) {}

  private final DnsConversation conversation;
  private final Duration timeout;
  private final Executor threads;
  private final @Nullable AsyncCache<Question, DnsConversation.Answer> cache;

  /// @param servers empty for the system's
  /// @param timeout for one whole look-up with its retries
  public Resolver(List<InetSocketAddress> servers, Duration timeout) {
    this(
        DnsConversation.with(
            servers.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : servers, timeout),
        timeout,
        memory());
  }

  /// A resolver with a memory of its own.
  static Resolver on(DnsConversation conversation, Duration timeout) {
    return new Resolver(conversation, timeout, memory());
  }

  private static AsyncCache<Question, DnsConversation.Answer> memory() {
    return Caffeine.newBuilder()
        .maximumSize(MAX_CACHED)
        .expireAfter(Expiry.<Question, DnsConversation.Answer>creating((_, answer) -> kept(answer)))
        .buildAsync();
  }

  /// A signature may run out before the record's time does.
  private static Duration kept(DnsConversation.Answer answer) {
    return answer.secure() && answer.keep().compareTo(LONGEST_PROOF) > 0
        ? LONGEST_PROOF
        : answer.keep();
  }

  private Resolver(
      DnsConversation conversation,
      Duration timeout,
      @Nullable AsyncCache<Question, DnsConversation.Answer> cache) {
    this.conversation = conversation;
    this.timeout = timeout;
    this.threads = task -> Thread.ofVirtual().name("dns-lookup").start(task);
    this.cache = cache;
  }

  /// A resolver on the same servers that never answers from memory (for verification).
  public Resolver uncached() {
    return new Resolver(conversation, timeout, null);
  }

  @Override
  CompletableFuture<Lookup<Record>> ask(DomainName domain, int type) {
    return answer(domain, type).thenApply(DnsConversation.Answer::lookup);
  }

  /// Puts one question, aliases followed; from memory where the answer still stands.
  CompletableFuture<DnsConversation.Answer> answer(DomainName domain, int type) {
    Question question = new Question(absolute(domain), type);
    if (cache == null) {
      return fresh(question.name(), question.type(), false);
    }
    CompletableFuture<DnsConversation.Answer> shared =
        cache.get(question, (asked, _) -> fresh(asked.name(), asked.type(), false));
    return shared.thenApply(answer -> {
      if (answer.keep().isZero()) {
        // The cache sets the expiry a moment after the answer is there: too late for the next
        // caller.
        cache.asMap().remove(question, shared);
      }
      return answer;
    });
  }

  /// Asks past the cache, and with `unchecked` past DNSSEC validation as well.
  CompletableFuture<DnsConversation.Answer> fresh(Name name, int type, boolean unchecked) {
    return within(
        name,
        () ->
            unchecked
                ? conversation.resolveUnchecked(name, type)
                : conversation.resolve(name, type));
  }

  private CompletableFuture<DnsConversation.Answer> within(
      Name name, Supplier<DnsConversation.Answer> answer) {
    return CompletableFuture.supplyAsync(answer, threads)
        .completeOnTimeout(
            DnsConversation.noAnswer("no DNS answer for %s within %s".formatted(name, timeout)),
            timeout.toNanos(),
            TimeUnit.NANOSECONDS);
  }
}
