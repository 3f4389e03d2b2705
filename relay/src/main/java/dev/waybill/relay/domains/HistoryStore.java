package dev.waybill.relay.domains;

import dev.waybill.relay.storage.Columns;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The table `domain_history`. Stateless; every method works in its caller's handle.
final class HistoryStore {
  /// Of each domain: one that flaps for years must not fill the disk.
  private static final int KEPT = 1_000;

  /// Adds a change and forgets the oldest beyond a thousand.
  void add(Handle handle, UUID domainId, StatusChange change) {
    handle
        .createUpdate(
            """
            insert into domain_history (id, domain_id, happened_at, status, previous_status, reason)
            values (:id, :domain, :at, :status, :previous, :reason)
            """)
        .bind("id", change.id())
        .bind("domain", domainId)
        .bind("at", Columns.timestamp(change.at()))
        .bind("status", change.status().name())
        .bind("previous", change.previous().name())
        .bind("reason", change.reason())
        .execute();
    handle
        .createQuery(
            """
            select id from domain_history where domain_id = :domain
            order by id desc offset :kept rows fetch next 1 rows only
            """)
        .bind("domain", domainId)
        .bind("kept", KEPT)
        .mapTo(UUID.class)
        .findOne()
        .ifPresent(oldest ->
            handle.execute(
                "delete from domain_history where domain_id = ? and id <= ?", domainId, oldest));
  }

  /// What happened to a domain, newest first.
  ///
  /// @param olderThan the changes before this one; null for the newest
  List<StatusChange> of(Handle handle, UUID domainId, @Nullable UUID olderThan, int limit) {
    return handle
        .createQuery(
            """
            select * from domain_history
            where domain_id = :domain and (:all or id < :before)
            order by id desc fetch first :limit rows only
            """)
        .bind("domain", domainId)
        .bind("all", olderThan == null)
        .bind("before", olderThan == null ? domainId : olderThan)
        .bind("limit", limit)
        .map((row, _) ->
            new StatusChange(
                row.getObject("id", UUID.class),
                Columns.instant(row, "happened_at"),
                DomainStatus.valueOf(row.getString("status")),
                DomainStatus.valueOf(row.getString("previous_status")),
                row.getString("reason")))
        .list();
  }
}
