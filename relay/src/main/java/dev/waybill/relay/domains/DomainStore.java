package dev.waybill.relay.domains;

import dev.waybill.relay.brand.BrandStore;
import dev.waybill.relay.keyring.DomainKey;
import dev.waybill.relay.keyring.DomainKeyStore;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/// The rows of domains, keys and records. Stateless; every method works in its caller's handle.
final class DomainStore {
  private final DomainKeyStore keyRows = new DomainKeyStore();

  /// A domain with what only verification needs of it.
  ///
  /// @param removedAt when it was removed; null while it is registered
  /// @param statusSince when its status began
  /// @param nextCheckAt when it is looked up next; null for never
  /// @param checks how many looks went before in this status
  /// @param absence of what a verified domain needs
  record Row(
      SendingDomain domain,
      @Nullable Instant removedAt,
      Instant statusSince,
      @Nullable Instant nextCheckAt,
      int checks,
      Absence absence) {
    boolean removed() {
      return removedAt != null;
    }
  }

  /// All that a snapshot is made of.
  record Everything(long revision, List<Row> rows, List<DomainKey> keys) {}

  /// What is remembered of a record.
  record Seen(DnsRecord.Status status, String explanation) {}

  /// Names a record of one domain.
  record SeenKey(String type, DomainName name) {
    static SeenKey of(DnsRecord record) {
      return new SeenKey(record.type(), record.name());
    }
  }

  long revision(Handle handle) {
    return handle.createQuery("select revision from domain_revision").mapTo(Long.class).one();
  }

  /// Tells all nodes that their snapshots are out of date.
  void countRevision(Handle handle) {
    handle.execute("update domain_revision set revision = revision + 1");
  }

  /// The revision is read first: rows that are newer than it are only read once more later.
  Everything everything(Handle handle) {
    long revision = revision(handle);
    return new Everything(
        revision,
        handle.createQuery("select * from sending_domain").map((row, _) -> row(row)).list(),
        keyRows.all(handle));
  }

  Optional<Row> find(Handle handle, UUID id) {
    return handle
        .createQuery("select * from sending_domain where id = :id")
        .bind("id", id)
        .map((row, _) -> row(row))
        .findOne();
  }

  /// As [#find], and nobody else changes it until the transaction ends.
  Optional<Row> lock(Handle handle, UUID id) {
    return handle
        .createQuery("select * from sending_domain where id = :id for update")
        .bind("id", id)
        .map((row, _) -> row(row))
        .findOne();
  }

  /// @throws UnableToExecuteStatementException where the name is registered already, as
  ///   [#isDuplicate] tells
  void insert(Handle handle, SendingDomain domain, Instant nextCheckAt) {
    handle
        .createUpdate(
            """
            insert into sending_domain
              (id, name, active_name, status, status_since, return_path_label, open_tracking,
               click_tracking, tracking_subdomain, require_tls, created_at, next_check_at, checks)
            values (:id, :name, :name, :status, :created, :returnPath, :opens,
               :clicks, :tracking, :tls, :created, :next, 0)
            """)
        .bind("id", domain.id())
        .bind("name", domain.name().value())
        .bind("status", domain.status().name())
        .bind("returnPath", domain.returnPathLabel())
        .bind("opens", domain.openTracking())
        .bind("clicks", domain.clickTracking())
        .bind("tracking", domain.trackingSubdomain())
        .bind("tls", domain.requireTls())
        .bind("created", Columns.timestamp(domain.createdAt()))
        .bind("next", Columns.timestamp(nextCheckAt))
        .execute();
  }

  void updateSettings(Handle handle, SendingDomain domain) {
    handle
        .createUpdate(
            """
            update sending_domain set open_tracking = :opens, click_tracking = :clicks,
              tracking_subdomain = :tracking, require_tls = :tls
            where id = :id
            """)
        .bind("id", domain.id())
        .bind("opens", domain.openTracking())
        .bind("clicks", domain.clickTracking())
        .bind("tracking", domain.trackingSubdomain())
        .bind("tls", domain.requireTls())
        .execute();
  }

  /// Gives the name free and keeps everything else.
  void remove(Handle handle, UUID id, Instant at) {
    handle
        .createUpdate(
            """
            update sending_domain set active_name = null, removed_at = :at, next_check_at = null
            where id = :id
            """)
        .bind("id", id)
        .bind("at", Columns.timestamp(at))
        .execute();
  }

  void updateVerification(Handle handle, Row row) {
    handle
        .createUpdate(
            """
            update sending_domain set status = :status, status_since = :since,
              next_check_at = :next, checks = :checks, absent_millis = :absent,
              absent_at = :absentAt
            where id = :id
            """)
        .bind("id", row.domain().id())
        .bind("status", row.domain().status().name())
        .bind("since", Columns.timestamp(row.statusSince()))
        .bindByType("next", Columns.optionalTimestamp(row.nextCheckAt()), OffsetDateTime.class)
        .bind("checks", row.checks())
        .bind("absent", row.absence().proven().toMillis())
        .bindByType(
            "absentAt", Columns.optionalTimestamp(row.absence().lastSeen()), OffsetDateTime.class)
        .execute();
  }

  /// Registered domains whose look-up is due, longest waiting first.
  List<Row> due(Handle handle, Instant now, int limit) {
    return handle
        .createQuery(
            """
            select * from sending_domain where next_check_at <= :now
            order by next_check_at fetch first :limit rows only
            """)
        .bind("now", Columns.timestamp(now))
        .bind("limit", limit)
        .map((row, _) -> row(row))
        .list();
  }

  /// Puts the next look-up off, unless another node did so since the row was read.
  ///
  /// @return whether this node has it
  boolean claim(Handle handle, Row row, Instant until) {
    return row.nextCheckAt() != null
        && handle
                .createUpdate(
                    """
                    update sending_domain set next_check_at = :until
                    where id = :id and next_check_at = :seen
                    """)
                .bind("id", row.domain().id())
                .bind("seen", Columns.timestamp(row.nextCheckAt()))
                .bind("until", Columns.timestamp(until))
                .execute()
            == 1;
  }

  Map<SeenKey, Seen> seen(Handle handle, UUID domainId) {
    Map<SeenKey, Seen> seen = new HashMap<>();
    handle
        .createQuery("select * from domain_record where domain_id = :domain")
        .bind("domain", domainId)
        .map((row, _) ->
            Map.entry(
                new SeenKey(row.getString("type"), DomainName.of(row.getString("name"))),
                new Seen(
                    DnsRecord.Status.valueOf(row.getString("status")),
                    row.getString("explanation"))))
        .forEach(entry -> seen.put(entry.getKey(), entry.getValue()));
    return seen;
  }

  /// Replaces what is remembered of the domain's records.
  void rememberSeen(Handle handle, UUID domainId, Map<SeenKey, Seen> seen) {
    handle.execute("delete from domain_record where domain_id = ?", domainId);
    try (var batch =
        handle.prepareBatch(
            """
            insert into domain_record (domain_id, type, name, status, explanation)
            values (:domain, :type, :name, :status, :explanation)
            """)) {
      seen.forEach((key, value) ->
          batch
              .bind("domain", domainId)
              .bind("type", key.type())
              .bind("name", key.name().value())
              .bind("status", value.status().name())
              .bind("explanation", value.explanation())
              .add());
      batch.execute();
    }
  }

  static boolean isDuplicate(UnableToExecuteStatementException failure) {
    return failure.getCause() instanceof SQLException cause
        && cause.getSQLState() != null
        && cause.getSQLState().startsWith("23");
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        new SendingDomain(
            row.getObject("id", UUID.class),
            new DomainName(row.getString("name")),
            DomainStatus.valueOf(row.getString("status")),
            row.getString("return_path_label"),
            row.getBoolean("open_tracking"),
            row.getBoolean("click_tracking"),
            row.getString("tracking_subdomain"),
            row.getBoolean("require_tls"),
            Columns.instant(row, "created_at"),
            BrandStore.read(row)),
        Columns.optionalInstant(row, "removed_at"),
        Columns.instant(row, "status_since"),
        Columns.optionalInstant(row, "next_check_at"),
        row.getInt("checks"),
        new Absence(
            Duration.ofMillis(row.getLong("absent_millis")),
            Columns.optionalInstant(row, "absent_at")));
  }
}
