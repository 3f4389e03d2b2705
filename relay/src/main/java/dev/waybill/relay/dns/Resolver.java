package dev.waybill.relay.dns;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// Asks the configured DNS servers. Any thread may call it; it blocks, so call from virtual
/// threads.
///
/// Answers are kept for their TTL, "no" for the SOA's negative TTL (RFC 2308 §5), "no answer" not
/// at all. Concurrent look-ups of one question share one query. Aliases are followed (RFC 1034
/// §3.6.2).
public final class Resolver implements PublishedRecords {
  private static final int MAX_CACHED = 50_000;

  private record Question(Name name, int type) {}

  private final DnsConversation conversation;
  private final Duration timeout;
  private final Executor threads;
  private final @Nullable AsyncCache<Question, DnsConversation.Answer> cache;

  /// @param servers empty for the system's
  /// @param timeout for one whole look-up with its retries
  public Resolver(List<InetSocketAddress> servers, Duration timeout) {
    this(
        new DnsConversation(
            servers.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : servers, timeout),
        timeout,
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .expireAfter(
                Expiry.<Question, DnsConversation.Answer>creating((_, answer) -> answer.keep()))
            .buildAsync());
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

  /// The name's MX records, in the order of the answer.
  @Override
  public Lookup<Mx> mx(DomainName name) {
    return convert(
        ask(name, Type.MX).join(),
        record ->
            record instanceof MXRecord mx
                ? Optional.of(new Mx(mx.getPriority(), text(mx.getTarget())))
                : Optional.empty());
  }

  /// The name's IPv4 and IPv6 addresses. One family is enough to be found; "no" needs both to say
  /// so.
  @Override
  public Lookup<InetAddress> addresses(DomainName name) {
    CompletableFuture<Lookup<Record>> four = ask(name, Type.A);
    CompletableFuture<Lookup<Record>> six = ask(name, Type.AAAA);
    return both(convert(four.join(), Resolver::address), convert(six.join(), Resolver::address));
  }

  /// Each record's strings joined (RFC 7208 §3.3, RFC 6376 §3.6.2.2).
  @Override
  public Lookup<String> texts(DomainName name) {
    return convert(
        ask(name, Type.TXT).join(),
        record -> record instanceof TXTRecord txt ? Optional.of(joined(txt)) : Optional.empty());
  }

  /// The name's own CNAME target, not followed.
  @Override
  public Lookup<DomainName> alias(DomainName name) {
    return convert(
        ask(name, Type.CNAME).join(),
        record ->
            record instanceof CNAMERecord cname
                ? DomainName.parse(text(cname.getTarget()))
                : Optional.empty());
  }

  /// The names that the address's owner gave it (PTR), in the order of the answer (RFC 1035 §3.5).
  public Lookup<DomainName> names(InetAddress address) {
    return convert(
        ask(new Question(ReverseMap.fromAddress(address), Type.PTR)).join(),
        record ->
            record instanceof PTRRecord ptr
                ? DomainName.parse(text(ptr.getTarget()))
                : Optional.empty());
  }

  /// A resolver on the same servers that never answers from memory (for verification).
  public Resolver uncached() {
    return new Resolver(conversation, timeout, null);
  }

  private CompletableFuture<Lookup<Record>> ask(DomainName domain, int type) {
    return ask(new Question(absolute(domain), type));
  }

  private CompletableFuture<Lookup<Record>> ask(Question question) {
    if (cache == null) {
      return query(question).thenApply(DnsConversation.Answer::lookup);
    }
    CompletableFuture<DnsConversation.Answer> shared =
        cache.get(question, (asked, _) -> query(asked));
    return shared.thenApply(answer -> {
      if (answer.keep().isZero()) {
        // The cache sets the expiry a moment after the answer is there: too late for the next
        // caller.
        cache.asMap().remove(question, shared);
      }
      return answer.lookup();
    });
  }

  private CompletableFuture<DnsConversation.Answer> query(Question question) {
    return CompletableFuture.supplyAsync(
            () -> conversation.resolve(question.name(), question.type()), threads)
        .completeOnTimeout(
            DnsConversation.noAnswer(
                "no DNS answer for %s within %s".formatted(question.name(), timeout)),
            timeout.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private static <T> Lookup<T> convert(
      Lookup<Record> lookup, Function<Record, Optional<T>> conversion) {
    return switch (lookup) {
      case Lookup.Found<Record>(List<Record> records) -> {
        List<T> converted = records.stream().map(conversion).flatMap(Optional::stream).toList();
        yield converted.isEmpty()
            ? new Lookup.NoAnswer<>("the DNS answered with unusable data: " + records.getFirst())
            : new Lookup.Found<>(converted);
      }
      case Lookup.NoRecord<Record> _ -> new Lookup.NoRecord<>();
      case Lookup.NoSuchName<Record> _ -> new Lookup.NoSuchName<>();
      case Lookup.NoAnswer<Record>(String reason) -> new Lookup.NoAnswer<>(reason);
    };
  }

  private static Lookup<InetAddress> both(Lookup<InetAddress> four, Lookup<InetAddress> six) {
    List<InetAddress> found = new ArrayList<>();
    if (four instanceof Lookup.Found<InetAddress>(List<InetAddress> addresses)) {
      found.addAll(addresses);
    }
    if (six instanceof Lookup.Found<InetAddress>(List<InetAddress> addresses)) {
      found.addAll(addresses);
    }
    if (!found.isEmpty()) {
      return new Lookup.Found<>(found);
    }
    if (four instanceof Lookup.NoAnswer<InetAddress>) {
      return four;
    }
    return six instanceof Lookup.NoAnswer<InetAddress> || four.equals(six)
        ? six
        : new Lookup.NoAnswer<>("the DNS contradicts itself: the name exists and does not exist");
  }

  private static Optional<InetAddress> address(Record record) {
    return switch (record) {
      case ARecord a -> Optional.of(a.getAddress());
      case AAAARecord aaaa -> Optional.of(aaaa.getAddress());
      default -> Optional.empty();
    };
  }

  private static String joined(TXTRecord txt) {
    StringBuilder all = new StringBuilder();
    for (byte[] part : txt.getStringsAsByteArrays()) {
      all.append(new String(part, StandardCharsets.UTF_8));
    }
    return all.toString();
  }

  private static String text(Name name) {
    return name.equals(Name.root) ? "" : name.toString(true).toLowerCase(Locale.ROOT);
  }

  private static Name absolute(DomainName domain) {
    try {
      return Name.fromString(domain.value(), Name.root);
    } catch (TextParseException impossible) {
      throw new IllegalArgumentException("domain name " + domain, impossible);
    }
  }
}
