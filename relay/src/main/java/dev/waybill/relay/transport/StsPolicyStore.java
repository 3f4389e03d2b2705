package dev.waybill.relay.transport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The rows of fetched policies. Any thread may use it.
final class StsPolicyStore {
  private final Database database;

  StsPolicyStore(Database database) {
    this.database = database;
  }

  Optional<KnownPolicy> find(DomainName domain) {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement("select * from sts_policy where domain = ?")) {
      select.setString(1, domain.value());
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(policy(row)) : Optional.empty();
      }
    } catch (SQLException failure) {
      throw new StorageException(
          "the MTA-STS policy of %s could not be read".formatted(domain), failure);
    }
  }

  /// Policies of domains in use that it is time to fetch again, longest due first.
  List<KnownPolicy> due(Instant now, Instant usedSince, int most) {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select * from sts_policy where refresh_at <= ? and used_at >= ?
                order by refresh_at limit ?\
                """)) {
      select.setObject(1, Columns.timestamp(now));
      select.setObject(2, Columns.timestamp(usedSince));
      select.setInt(3, most);
      List<KnownPolicy> due = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          due.add(policy(row));
        }
      }
      return due;
    } catch (SQLException failure) {
      throw new StorageException("MTA-STS policies could not be read", failure);
    }
  }

  /// Puts the policy in the place of the domain's last one.
  void save(KnownPolicy known) {
    database.durably(handle -> {
      handle
          .createUpdate("delete from sts_policy where domain = :domain")
          .bind("domain", known.domain().value())
          .execute();
      return insert(handle, known);
    });
  }

  private static int insert(Handle handle, KnownPolicy known) {
    return handle
        .createUpdate(
            """
            insert into sts_policy (domain, record_id, mode, hosts, max_age_seconds,
              fetched_at, expires_at, refresh_at, used_at)
            values (:domain, :record, :mode, :hosts, :age, :fetched, :expires, :refresh, :used)\
            """)
        .bind("domain", known.domain().value())
        .bind("record", known.recordId())
        .bind("mode", known.policy().mode().text())
        .bind("hosts", String.join(" ", known.policy().hosts()))
        .bind("age", known.policy().maxAge().toSeconds())
        .bind("fetched", Columns.timestamp(known.fetchedAt()))
        .bind("expires", Columns.timestamp(known.expiresAt()))
        .bind("refresh", Columns.timestamp(known.refreshAt()))
        .bind("used", Columns.timestamp(known.usedAt()))
        .execute();
  }

  void used(DomainName domain, Instant now) {
    update("update sts_policy set used_at = :at where domain = :domain", domain, now);
  }

  void refreshLater(DomainName domain, Instant at) {
    update("update sts_policy set refresh_at = :at where domain = :domain", domain, at);
  }

  private void update(String sql, DomainName domain, Instant at) {
    int rows =
        database.durably(handle ->
            handle
                .createUpdate(sql)
                .bind("at", Columns.timestamp(at))
                .bind("domain", domain.value())
                .execute());
    if (rows > 1) {
      throw new IllegalStateException("%d policies of %s".formatted(rows, domain));
    }
  }

  /// @return how many there were
  int removeExpired(Instant now) {
    return database.durably(handle ->
        handle
            .createUpdate("delete from sts_policy where expires_at <= :now")
            .bind("now", Columns.timestamp(now))
            .execute());
  }

  private static KnownPolicy policy(ResultSet row) throws SQLException {
    String hosts = row.getString("hosts");
    return new KnownPolicy(
        DomainName.of(row.getString("domain")),
        row.getString("record_id"),
        new StsPolicy(
            StsPolicy.Mode.of(row.getString("mode")).orElseThrow(),
            hosts.isEmpty() ? List.of() : List.of(hosts.split(" ", -1)),
            Duration.ofSeconds(row.getLong("max_age_seconds"))),
        Columns.instant(row, "fetched_at"),
        Columns.instant(row, "used_at"));
  }
}
