package dev.waybill.relay.domains;

import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.storage.Columns;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells what happens to domains: as an event, in the domain's history and in the log. Any thread
/// may use it; every method works in its caller's transaction.
final class DomainNews {
  private static final Logger LOG = LoggerFactory.getLogger(DomainNews.class);
  private static final int MAX_REASON = 2_000;

  private final HistoryStore history = new HistoryStore();
  private final Domains.Surroundings surroundings;

  DomainNews(Domains.Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  void created(Handle handle, SendingDomain domain) {
    tell(handle, EventType.DOMAIN_CREATED, domain, domain.status(), "registered", Map.of());
  }

  void deleted(Handle handle, SendingDomain domain) {
    tell(handle, EventType.DOMAIN_DELETED, domain, domain.status(), "removed", Map.of());
  }

  /// Something beside the status changed.
  ///
  /// @param what `settings` or `keys`
  void changed(Handle handle, SendingDomain domain, String what, String reason) {
    tell(
        handle, EventType.DOMAIN_UPDATED, domain, domain.status(), reason, Map.of("changed", what));
  }

  /// @param previous what the status was before
  void statusChanged(Handle handle, SendingDomain domain, DomainStatus previous, String reason) {
    tell(
        handle,
        EventType.DOMAIN_UPDATED,
        domain,
        previous,
        reason,
        Map.of("previous_status", previous.text()));
  }

  private void tell(
      Handle handle,
      EventType type,
      SendingDomain domain,
      DomainStatus previous,
      String reason,
      Map<String, String> more) {
    Instant now = surroundings.clock().instant();
    String told = Columns.required(reason, MAX_REASON);
    Map<String, String> facts = new HashMap<>(more);
    facts.put("domain_id", domain.id().toString());
    facts.put("status", domain.status().text());
    facts.put("reason", told);
    surroundings
        .events()
        .accept(handle, List.of(new Event(type, now, null, null, domain.name().value(), facts)));
    StatusChange change =
        new StatusChange(surroundings.ids().next(), now, domain.status(), previous, told);
    history.add(handle, domain.id(), change);
    LOG.info(
        "domain {} ({}, was {}): {}", domain.name(), domain.status().text(), previous.text(), told);
  }
}
