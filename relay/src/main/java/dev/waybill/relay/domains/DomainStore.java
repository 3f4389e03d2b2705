package dev.waybill.relay.domains;

import dev.waybill.relay.domains.DomainKeys.Role;
import dev.waybill.relay.domains.DomainKeys.StoredKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
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
  /// A domain with what only verification needs of it.
  ///
  /// @param statusSince when its status began
  /// @param nextCheckAt when it is looked up next; null for never
  /// @param checks how many looks went before in this status
  /// @param absence of what a verified domain needs
  record Row(
      SendingDomain domain,
      boolean removed,
      Instant statusSince,
      @Nullable Instant nextCheckAt,
      int checks,
      Absence absence) {}

  /// All that a snapshot is made of.
  record Everything(long revision, List<Row> rows, List<StoredKey> keys) {}

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
        handle
            .createQuery("select * from dkim_key order by domain_id, selector")
            .map((row, _) -> key(row))
            .list());
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

  List<StoredKey> keys(Handle handle, UUID domainId) {
    return handle
        .createQuery("select * from dkim_key where domain_id = :domain order by selector")
        .bind("domain", domainId)
        .map((row, _) -> key(row))
        .list();
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
        .bind("created", utc(domain.createdAt()))
        .bind("next", utc(nextCheckAt))
        .execute();
  }

  void insert(Handle handle, StoredKey key) {
    handle
        .createUpdate(
            """
            insert into dkim_key (domain_id, selector, role, published, sealed)
            values (:domain, :selector, :role, :published, :sealed)
            """)
        .bind("domain", key.domainId())
        .bind("selector", key.selector())
        .bind("role", key.role().name())
        .bind("published", key.published())
        .bind("sealed", key.sealed())
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
        .bind("at", utc(at))
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
        .bind("since", utc(row.statusSince()))
        .bindByType("next", optionalUtc(row.nextCheckAt()), OffsetDateTime.class)
        .bind("checks", row.checks())
        .bind("absent", row.absence().proven().toMillis())
        .bindByType("absentAt", optionalUtc(row.absence().lastSeen()), OffsetDateTime.class)
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
        .bind("now", utc(now))
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
                .bind("seen", utc(row.nextCheckAt()))
                .bind("until", utc(until))
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
    OffsetDateTime next = row.getObject("next_check_at", OffsetDateTime.class);
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
            row.getObject("created_at", OffsetDateTime.class).toInstant()),
        row.getObject("removed_at", OffsetDateTime.class) != null,
        row.getObject("status_since", OffsetDateTime.class).toInstant(),
        next == null ? null : next.toInstant(),
        row.getInt("checks"),
        new Absence(
            Duration.ofMillis(row.getLong("absent_millis")),
            Columns.optionalInstant(row, "absent_at")));
  }

  private static StoredKey key(ResultSet row) throws SQLException {
    return new StoredKey(
        row.getObject("domain_id", UUID.class),
        row.getString("selector"),
        Role.valueOf(row.getString("role")),
        row.getString("published"),
        row.getString("sealed"));
  }

  private static @Nullable OffsetDateTime optionalUtc(@Nullable Instant instant) {
    return instant == null ? null : utc(instant);
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
