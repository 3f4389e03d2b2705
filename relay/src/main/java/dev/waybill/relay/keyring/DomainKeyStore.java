package dev.waybill.relay.keyring;

import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.keyring.DomainKey.Role;
import dev.waybill.relay.storage.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The table `dkim_key`. Stateless; every method works in its caller's handle.
public final class DomainKeyStore {
  /// Every key of every domain.
  public List<DomainKey> all(Handle handle) {
    return handle
        .createQuery("select * from dkim_key order by domain_id, selector")
        .map((row, _) -> key(row))
        .list();
  }

  /// Every key that the domain ever had.
  public List<DomainKey> of(Handle handle, UUID domainId) {
    return handle
        .createQuery("select * from dkim_key where domain_id = :domain order by selector")
        .bind("domain", domainId)
        .map((row, _) -> key(row))
        .list();
  }

  /// Adds a key.
  public void insert(Handle handle, DomainKey key) {
    write(
        handle,
        key,
        """
        insert into dkim_key
          (domain_id, selector, algorithm, role, awaited, since, removable_at, published, sealed)
        values (:domain, :selector, :algorithm, :role, :awaited, :since, :removable, :published,
          :sealed)
        """);
  }

  /// Changes a key, or adds it where it is new.
  public void put(Handle handle, DomainKey key) {
    int rows =
        write(
            handle,
            key,
            """
            update dkim_key set algorithm = :algorithm, role = :role, awaited = :awaited,
              since = :since, removable_at = :removable, published = :published, sealed = :sealed
            where domain_id = :domain and selector = :selector
            """);
    if (rows == 0) {
      insert(handle, key);
    }
  }

  private static int write(Handle handle, DomainKey key, String statement) {
    return handle
        .createUpdate(statement)
        .bind("domain", key.domainId())
        .bind("selector", key.selector())
        .bind("algorithm", key.algorithm().name())
        .bind("role", key.role().name())
        .bind("awaited", key.awaited())
        .bind("since", Columns.timestamp(key.since()))
        .bindByType("removable", Columns.optionalTimestamp(key.removableAt()), OffsetDateTime.class)
        .bind("published", key.published())
        .bind("sealed", key.sealed())
        .execute();
  }

  private static DomainKey key(ResultSet row) throws SQLException {
    return new DomainKey(
        row.getObject("domain_id", UUID.class),
        row.getString("selector"),
        Algorithm.valueOf(row.getString("algorithm")),
        Role.valueOf(row.getString("role")),
        row.getBoolean("awaited"),
        Columns.instant(row, "since"),
        Columns.optionalInstant(row, "removable_at"),
        row.getString("published"),
        row.getString("sealed"));
  }
}
