package dev.waybill.relay.tlsreport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.transport.AppliedPolicy;
import dev.waybill.relay.transport.FailureKind;
import dev.waybill.relay.transport.TlsSession;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The rows of counted sessions. Any thread may use it.
///
/// Each process counts in rows of its own, so that nodes never wait for each other nor overwrite
/// what another counted; a report adds them up.
final class TlsSessionStore {
  private static final int MOST_READ = 20_000;
  private static final int MAX_LINES = 10_000;

  private final Database database;
  private final String writer;

  /// @param writer tells this process from all others
  TlsSessionStore(Database database, String writer) {
    this.database = database;
    this.writer = writer;
  }

  /// Adds a batch, which is written as a whole or not at all.
  void add(List<CountedSession> sessions) {
    int rows =
        database.durably(handle -> sessions.stream().mapToInt(each -> add(handle, each)).sum());
    if (rows != sessions.size()) {
      throw new IllegalStateException("%d rows of %d sessions".formatted(rows, sessions.size()));
    }
  }

  private int add(Handle handle, CountedSession counted) {
    String digest = digest(counted.session());
    int known =
        handle
            .createUpdate(
                """
                update tls_session set sessions = sessions + :count
                where report_day = :day and domain = :domain and digest = :digest
                  and writer = :writer\
                """)
            .bind("count", counted.count())
            .bind("day", counted.day().toString())
            .bind("domain", counted.session().domain().value())
            .bind("digest", digest)
            .bind("writer", writer)
            .execute();
    return known > 0 ? known : insert(handle, counted, digest);
  }

  private int insert(Handle handle, CountedSession counted, String digest) {
    TlsSession session = counted.session();
    AppliedPolicy policy = session.policy();
    TlsSession.@Nullable Failure failure = session.failure().orElse(null);
    return handle
        .createUpdate(
            """
            insert into tls_session (report_day, domain, digest, writer, policy_type,
              policy_domain, policy_strings, policy_hosts, result, reason, local_address, host,
              remote_address, sessions)
            values (:day, :domain, :digest, :writer, :type, :of, :strings, :hosts, :result,
              :reason, :local, :host, :remote, :count)\
            """)
        .bind("day", counted.day().toString())
        .bind("domain", session.domain().value())
        .bind("digest", digest)
        .bind("writer", writer)
        .bind("type", policy.type().text())
        .bind("of", policy.domain().value())
        .bind("strings", lines(policy.strings()))
        .bind("hosts", lines(policy.hosts()))
        .bindBySqlType("result", failure == null ? null : failure.kind().name(), Types.VARCHAR)
        .bindBySqlType(
            "reason", failure == null ? null : Columns.text(failure.reason(), 200), Types.VARCHAR)
        .bindBySqlType("local", failure == null ? null : failure.local(), Types.VARCHAR)
        .bindBySqlType(
            "host", failure == null ? null : Columns.text(failure.host(), 255), Types.VARCHAR)
        .bindBySqlType("remote", failure == null ? null : failure.remote(), Types.VARCHAR)
        .bind("count", counted.count())
        .execute();
  }

  /// What all nodes counted for a domain in a day, the most frequent first.
  List<CountedSession> of(LocalDate day, DomainName domain) {
    Map<TlsSession, Long> sums = new LinkedHashMap<>();
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select * from tls_session where report_day = ? and domain = ?
                order by sessions desc, digest limit ?\
                """)) {
      select.setString(1, day.toString());
      select.setString(2, domain.value());
      select.setInt(3, MOST_READ);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          sums.merge(session(row, domain), row.getLong("sessions"), Long::sum);
        }
      }
    } catch (SQLException failure) {
      throw new StorageException(
          "the sessions with %s could not be read".formatted(domain), failure);
    }
    List<CountedSession> counted = new ArrayList<>();
    sums.forEach((session, count) -> counted.add(new CountedSession(day, session, count)));
    counted.sort((one, other) -> Long.compare(other.count(), one.count()));
    return counted;
  }

  /// @return how many rows there were
  int removeBefore(LocalDate day) {
    return database.durably(handle ->
        handle
            .createUpdate("delete from tls_session where report_day < :day")
            .bind("day", day.toString())
            .execute());
  }

  private static TlsSession session(ResultSet row, DomainName domain) throws SQLException {
    AppliedPolicy policy =
        new AppliedPolicy(
            AppliedPolicy.Type.of(row.getString("policy_type")),
            DomainName.of(row.getString("policy_domain")),
            list(row.getString("policy_strings")),
            list(row.getString("policy_hosts")));
    String result = row.getString("result");
    return new TlsSession(
        domain,
        policy,
        result == null
            ? Optional.empty()
            : Optional.of(
                new TlsSession.Failure(
                    FailureKind.valueOf(result),
                    row.getString("reason"),
                    row.getString("host"),
                    row.getString("local_address"),
                    row.getString("remote_address"))));
  }

  private static String lines(List<String> texts) {
    return Columns.required(String.join("\n", texts), MAX_LINES);
  }

  private static List<String> list(String lines) {
    return lines.isEmpty() ? List.of() : List.of(lines.split("\n", -1));
  }

  private static String digest(TlsSession session) {
    try {
      byte[] whole = session.toString().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(whole), 0, 16);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
