package dev.waybill.relay.feedback;

import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.dmarc.DmarcReports;
import dev.waybill.relay.dmarc.Filing;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.events.RawReport;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.suppression.Suppression;
import dev.waybill.relay.suppression.Suppressions;
import dev.waybill.relay.tokens.Tokens;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where the feedback door looks things up and writes them down. Any thread may call each part.
///
/// @param readToken which delivery a return-path token names; empty for a forged one
/// @param origin a delivery's first event, which tells its recipient and domain
/// @param domain the registered domain of that exact name
/// @param writing writes news down
/// @param reports takes letters to `dmarc@`
public record Ledger(
    Function<String, Optional<DeliveryKey>> readToken,
    Function<DeliveryKey, Optional<Event>> origin,
    Function<DomainName, Optional<SendingDomain>> domain,
    Writing writing,
    Reports reports) {
  /// Writes an event, the mail behind it and a suppression in one transaction, durable when it
  /// returns.
  @FunctionalInterface
  public interface Writing {
    /// @param report null for none
    /// @param suppress added whether the event is news or not; null for none
    /// @return whether the event was written: one of its type about its delivery is enough
    /// @throws RuntimeException when it could not be made durable
    boolean write(Event event, @Nullable RawReport report, Suppression.@Nullable Wanted suppress);
  }

  /// Where aggregate reports go.
  public interface Reports {
    /// What a letter comes to; it writes nothing.
    ///
    /// @param owner the registered domain whose reports about a policy domain come to the mailbox
    Filing look(byte[] letter, Function<DomainName, Optional<DomainName>> owner);

    /// Writes a letter's event, the letter and its report in one transaction, durable when it
    /// returns.
    ///
    /// @throws RuntimeException when it could not be made durable
    void keep(Event event, RawReport letter, Filing filing);

    /// The relay's own.
    static Reports of(DmarcReports reports) {
      return new Reports() {
        @Override
        public Filing look(byte[] letter, Function<DomainName, Optional<DomainName>> owner) {
          return reports.look(letter, owner);
        }

        @Override
        public void keep(Event event, RawReport letter, Filing filing) {
          reports.keep(event, letter, filing);
        }
      };
    }
  }

  public Ledger {
    Objects.requireNonNull(readToken, "readToken");
    Objects.requireNonNull(origin, "origin");
    Objects.requireNonNull(domain, "domain");
    Objects.requireNonNull(writing, "writing");
    Objects.requireNonNull(reports, "reports");
  }

  /// The relay's own tokens, journal, domains, suppression list, breakers and reports.
  public static Ledger of(
      Tokens tokens,
      Journal journal,
      Domains domains,
      Suppressions suppressions,
      Breakers breakers,
      DmarcReports reports) {
    return new Ledger(
        tokens::readReturnPath,
        journal::origin,
        domains::byName,
        writing(journal, suppressions, breakers),
        Reports.of(reports));
  }

  /// Writes into the journal, the suppression list and the figures of the breakers.
  static Writing writing(Journal journal, Suppressions suppressions, Breakers breakers) {
    return (event, report, suppress) -> {
      DeliveryKey delivery = event.delivery();
      List<Event> story =
          delivery == null ? List.of() : journal.of(delivery, Breakers.mostOfStory());
      AtomicBoolean news = new AtomicBoolean();
      var _ =
          suppressions.addAll(
              suppress == null ? List.of() : List.of(suppress),
              handle -> {
                news.set(journal.appendOnce(handle, event, report));
                if (news.get()) {
                  breakers.late(handle, event, story);
                }
              });
      return news.get();
    };
  }
}
