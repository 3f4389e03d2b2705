package dev.waybill.relay.feedback;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.dmarc.DmarcReports;
import dev.waybill.relay.dmarc.Filing;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.RawReport;
import dev.waybill.relay.feedback.Receiver.Answer;
import dev.waybill.relay.feedback.Receiver.Arrival;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.report.ReportExcerpt;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The mailboxes without tokens: `dmarc@`, `postmaster@` and `abuse@` at the return path of every
/// registered domain and at the door's own names.
///
/// Any thread may use it. A letter becomes an event with the mail behind it; nothing is answered,
/// nothing is passed on. Since anybody may write, each host takes at most [#MOST_LETTERS] letters
/// and keeps [#MOST_OCTETS] in a day and node; who brings more is asked to come again.
final class Letterboxes {
  private static final Logger log = LoggerFactory.getLogger(Letterboxes.class);
  static final int MOST_LETTERS = 1_000;
  static final long MOST_OCTETS = 16L << 20;

  private static final long DAY = Duration.ofDays(1).toNanos();
  private static final int MOST_HOSTS = 10_000;
  private static final int MAX_FACT = 500;

  /// What a host took since a time on the monotonic clock.
  private record Taken(long since, int letters, long octets) {}

  private final Ledger ledger;
  private final Set<DomainName> ours;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Cache<DomainName, Taken> taken =
      Caffeine.newBuilder().maximumSize(MOST_HOSTS).build();

  /// @param ours the names of the door's own host, none to take no letters for it
  /// @param nanos a monotonic clock in nanoseconds
  Letterboxes(Ledger ledger, Set<DomainName> ours, InstantSource clock, LongSupplier nanos) {
    this.ledger = ledger;
    this.ours = Set.copyOf(ours);
    this.clock = clock;
    this.nanos = nanos;
  }

  /// The mailbox of that address; empty when there is none. A bare `postmaster` is the host's own
  /// (RFC 5321 §4.1.1.3).
  Optional<Letterbox> find(String address) {
    int at = address.lastIndexOf('@');
    if (at < 0) {
      return Letterbox.Name.parse(address)
          .filter(name -> name == Letterbox.Name.POSTMASTER)
          .flatMap(name ->
              ours.stream()
                  .min(Comparator.comparing(DomainName::value))
                  .map(host -> new Letterbox(name, host, null)));
    }
    Optional<Letterbox.Name> name = Letterbox.Name.parse(address.substring(0, at));
    Optional<DomainName> host =
        name.isEmpty() ? Optional.empty() : DomainName.parse(address.substring(at + 1));
    return host.flatMap(known -> at(name.orElseThrow(), known));
  }

  private Optional<Letterbox> at(Letterbox.Name name, DomainName host) {
    if (ours.contains(host)) {
      return Optional.of(new Letterbox(name, host, null));
    }
    return host.parent()
        .flatMap(ledger.domain())
        .filter(domain -> domain.returnPathDomain().equals(host))
        .map(SendingDomain::name)
        .map(domain -> new Letterbox(name, host, domain));
  }

  /// Keeps a letter, durably when the answer is positive.
  Answer keep(Letterbox box, Arrival letter) {
    int most = Letterbox.Name.DMARC == box.name() ? RawReport.MAX_CONTENT : FeedbackIntake.MAX_RAW;
    if (box.name() == Letterbox.Name.DMARC && letter.content().length > most) {
      return new Answer(552, "5.3.4 A report of more than %d octets is not taken".formatted(most));
    }
    byte[] content = ReportExcerpt.of(letter.content(), most);
    if (!hasRoom(box.host(), content.length)) {
      log.info("{} took all letters of this day; {} is asked to come again", box, letter.client());
      return new Answer(452, "4.2.2 Too many letters today, try again later");
    }
    RawReport raw = new RawReport(content, letter.content().length);
    switch (box.name()) {
      case DMARC -> {
        Filing filing =
            ledger.reports().look(letter.content(), policyDomain -> owner(box, policyDomain));
        ledger.reports().keep(event(box, letter, filing.facts()), raw, filing);
      }
      case POSTMASTER, ABUSE -> {
        boolean _ = ledger.writing().write(event(box, letter, Map.of()), raw, null);
      }
    }
    return Answer.ok("2.0.0 Kept");
  }

  /// Whose reports about a policy domain come to a mailbox: at a return path those of its domain,
  /// at the door's own names those of any registered domain that the policy is at or below.
  private Optional<DomainName> owner(Letterbox box, DomainName policyDomain) {
    DomainName domain = box.domain();
    if (domain != null) {
      return Optional.of(domain).filter(own -> DmarcReports.concerns(policyDomain, own));
    }
    return Stream.iterate(
            Optional.of(policyDomain),
            Optional::isPresent,
            name -> name.flatMap(DomainName::parent))
        .flatMap(Optional::stream)
        .flatMap(name -> ledger.domain().apply(name).stream())
        .map(SendingDomain::name)
        .findFirst();
  }

  private Event event(Letterbox box, Arrival letter, Map<String, String> more) {
    Map<String, String> facts = new HashMap<>(more);
    HeaderBlock header = HeaderBlock.parse(letter.content());
    facts.put("mailbox", box.toString());
    facts.put("from", cut(letter.sender()));
    facts.put("subject", cut(header.value("Subject").orElse("")));
    facts.put("client", letter.client().getHostAddress());
    facts.put("report_octets", Integer.toString(letter.content().length));
    facts.values().removeIf(String::isEmpty);
    DomainName domain = box.domain();
    return new Event(
        EventType.REPORT_RECEIVED,
        clock.instant(),
        null,
        null,
        domain == null ? null : domain.value(),
        facts);
  }

  private boolean hasRoom(DomainName host, int octets) {
    long now = nanos.getAsLong();
    Taken after = taken.asMap().compute(host, (_, before) -> next(before, now, octets));
    return after.letters() <= MOST_LETTERS && after.octets() <= MOST_OCTETS;
  }

  private static Taken next(@Nullable Taken before, long now, int octets) {
    return before == null || now - before.since() > DAY
        ? new Taken(now, 1, octets)
        : new Taken(
            before.since(),
            Math.min(before.letters() + 1, MOST_LETTERS + 1),
            Math.min(before.octets() + octets, MOST_OCTETS + 1));
  }

  private static String cut(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ").strip();
    return line.length() > MAX_FACT ? line.substring(0, MAX_FACT) : line;
  }
}
