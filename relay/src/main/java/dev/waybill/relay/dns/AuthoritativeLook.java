package dev.waybill.relay.dns;

import dev.waybill.relay.dns.DnsConversation.Answer;
import dev.waybill.relay.dns.ZoneServers.Said;
import dev.waybill.relay.message.DomainName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// One check's look at a domain's records, by both ways ([AuthoritativeRecords]). Any thread may
/// use it; it remembers every answer, so it lives no longer than the check.
final class AuthoritativeLook extends TypedRecords {
  /// How long the zone's servers may take, all questions on the way to them included.
  private static final Duration BUDGET = Duration.ofSeconds(5);

  /// How long one look may take with all its questions: an owner may publish many that are answered
  /// slowly.
  private static final Duration WHOLE_LOOK = Duration.ofSeconds(30);

  private static final int MAX_REMARKS = 2;
  private static final int MAX_SHOWN = 100;

  /// What servers of one zone may differ in on purpose, such as addresses near the asker, is left
  /// to the resolvers.
  private static final Set<Integer> AT_THE_ZONE = Set.of(Type.MX, Type.TXT, Type.CNAME);

  private record Question(Name name, int type) {}

  private final Resolver resolver;
  private final ZoneServers zones;
  private final DomainName domain;
  private final Map<Question, CompletableFuture<Lookup<Record>>> asked = new ConcurrentHashMap<>();
  private final Set<String> remarks = new ConcurrentSkipListSet<>();
  private final CompletableFuture<Lookup<Record>> tooLate =
      new CompletableFuture<Lookup<Record>>()
          .completeOnTimeout(
              new Lookup.NoAnswer<>(
                  "the look-ups for this record took longer than %d s"
                      .formatted(WHOLE_LOOK.toSeconds())),
              WHOLE_LOOK.toMillis(),
              TimeUnit.MILLISECONDS);

  AuthoritativeLook(Resolver resolver, ZoneServers zones, DomainName domain) {
    this.resolver = resolver;
    this.zones = zones;
    this.domain = domain;
  }

  @Override
  public List<String> remarks() {
    return remarks.stream().limit(MAX_REMARKS).toList();
  }

  @Override
  CompletableFuture<Lookup<Record>> ask(DomainName name, int type) {
    boolean atTheZone = AT_THE_ZONE.contains(type) && name.isWithin(domain);
    return asked.computeIfAbsent(
        new Question(absolute(name), type),
        question ->
            CompletableFuture.supplyAsync(() -> find(question, atTheZone), ZoneServers.THREADS)
                .applyToEither(tooLate, lookup -> lookup));
  }

  private Lookup<Record> find(Question question, boolean atTheZone) {
    CompletableFuture<Said> zone =
        atTheZone
            ? CompletableFuture.supplyAsync(
                    () -> zones.ask(question.name(), question.type()), ZoneServers.THREADS)
                .completeOnTimeout(new Said.Nothing(), BUDGET.toMillis(), TimeUnit.MILLISECONDS)
            : CompletableFuture.completedFuture(new Said.Nothing());
    Lookup<Record> resolved = resolved(question);
    if (resolved instanceof Lookup.Unproven<Record>) {
      return resolved;
    }
    return switch (zone.join()) {
      case Said.Nothing() -> resolved;
      case Said.Disputed(String reason) -> new Lookup.Unproven<>(reason);
      case Said.Agreed(Lookup<Record> lookup) -> {
        compare(question, lookup, resolved);
        yield lookup;
      }
    };
  }

  /// The resolvers' answer. A failure that goes away when no signature is checked is a signature
  /// that is not valid, unless it goes away by itself (RFC 4035 §3.2.2, §5.5).
  private Lookup<Record> resolved(Question question) {
    Answer answer = resolver.fresh(question.name(), question.type(), false).join();
    if (!answer.failed() || isSilent(resolver.fresh(question.name(), question.type(), true))) {
      return answer.lookup();
    }
    Answer again = resolver.fresh(question.name(), question.type(), false).join();
    return again.failed()
        ? new Lookup.Unproven<>(
            ("The answer for %s is bogus: its DNSSEC signature is not valid; receivers that"
                    + " validate cannot see it. Sign the zone anew, or correct the DS record.")
                .formatted(question.name().toString(true)))
        : again.lookup();
  }

  private static boolean isSilent(CompletableFuture<Answer> answer) {
    return answer.join().lookup() instanceof Lookup.NoAnswer<Record>;
  }

  private void compare(Question question, Lookup<Record> zone, Lookup<Record> resolved) {
    if (resolved instanceof Lookup.NoAnswer<Record>) {
      return;
    }
    String now = ZoneServers.content(zone);
    String before = ZoneServers.content(resolved);
    if (now.equals(before)) {
      return;
    }
    String older =
        before.isEmpty()
            ? "that there was no %s record".formatted(Type.string(question.type()))
            : before.substring(0, Math.min(before.length(), MAX_SHOWN));
    remarks.add(
        "That is what the zone's own servers say; the resolver still has an older answer for %s (%s), and receivers may too for a while."
            .formatted(question.name().toString(true), older));
  }
}
