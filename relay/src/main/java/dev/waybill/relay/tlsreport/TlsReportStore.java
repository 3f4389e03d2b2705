package dev.waybill.relay.tlsreport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// The rows of reports: which days are reported, and what is still to go. Any thread may use it,
/// and any node.
final class TlsReportStore {
  /// A day of a domain.
  record Unreported(LocalDate day, DomainName domain) {}

  private final Database database;

  TlsReportStore(Database database) {
    this.database = database;
  }

  /// Days before the given one that were counted and that no node has begun to report.
  List<Unreported> unreported(LocalDate before, int most) {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select distinct s.report_day, s.domain from tls_session s
                where s.report_day < ? and not exists
                  (select 1 from tls_report r
                   where r.report_day = s.report_day and r.domain = s.domain)
                order by s.report_day, s.domain limit ?\
                """)) {
      select.setString(1, before.toString());
      select.setInt(2, most);
      List<Unreported> days = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          days.add(
              new Unreported(
                  LocalDate.parse(row.getString("report_day")),
                  DomainName.of(row.getString("domain"))));
        }
      }
      return days;
    } catch (SQLException failure) {
      throw new StorageException("the days to report could not be read", failure);
    }
  }

  /// Makes the rows of a day's report, which are due at once; with no place, nobody is to get it.
  ///
  /// @throws RuntimeException when another node was first
  void open(Unreported day, String id, List<String> uris, Instant now, Instant givesUpAt) {
    List<String> places = uris.isEmpty() ? List.of("") : uris;
    database.durably(handle -> {
      int rows = 0;
      for (String uri : places) {
        rows +=
            handle
                .createUpdate(
                    """
                    insert into tls_report (report_day, domain, place, report_id, uri, state,
                      attempts, next_at, gives_up_at)
                    values (:day, :domain, :place, :id, :uri, :state, 0, :now, :end)\
                    """)
                .bind("day", day.day().toString())
                .bind("domain", day.domain().value())
                .bind("place", rows)
                .bind("id", id)
                .bind("uri", Columns.required(uri, 1_000))
                .bind("state", uri.isEmpty() ? "none" : "due")
                .bind("now", Columns.timestamp(now))
                .bind("end", Columns.timestamp(givesUpAt))
                .execute();
      }
      return rows;
    });
  }

  /// Reports that it is time to send, longest due first.
  List<DueReport> due(Instant now, int most) {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select * from tls_report where state = 'due' and next_at <= ?
                order by next_at limit ?\
                """)) {
      select.setObject(1, Columns.timestamp(now));
      select.setInt(2, most);
      List<DueReport> due = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          due.add(
              new DueReport(
                  LocalDate.parse(row.getString("report_day")),
                  DomainName.of(row.getString("domain")),
                  row.getInt("place"),
                  row.getString("report_id"),
                  row.getString("uri"),
                  row.getInt("attempts"),
                  Columns.instant(row, "next_at"),
                  Columns.instant(row, "gives_up_at")));
        }
      }
      return due;
    } catch (SQLException failure) {
      throw new StorageException("the reports that are due could not be read", failure);
    }
  }

  /// Takes an attempt for this node, by putting off the next one.
  ///
  /// @return whether no other node was first
  boolean take(DueReport report, Instant next) {
    return database.durably(handle ->
        handle
            .createUpdate(
                """
                update tls_report set attempts = attempts + 1, next_at = :next
                where report_day = :day and domain = :domain and place = :place
                  and state = 'due' and attempts = :attempts\
                """)
            .bind("next", Columns.timestamp(next))
            .bind("day", report.day().toString())
            .bind("domain", report.domain().value())
            .bind("place", report.place())
            .bind("attempts", report.attempts())
            .execute())
        == 1;
  }

  /// Writes down that a report needs no more attempt.
  ///
  /// @param state `sent` or `failed`
  void end(DueReport report, String state) {
    int rows =
        database.durably(handle ->
            handle
                .createUpdate(
                    """
                    update tls_report set state = :state
                    where report_day = :day and domain = :domain and place = :place\
                    """)
                .bind("state", state)
                .bind("day", report.day().toString())
                .bind("domain", report.domain().value())
                .bind("place", report.place())
                .execute());
    if (rows != 1) {
      throw new IllegalStateException("%d rows of %s".formatted(rows, report));
    }
  }

  /// @return how many rows there were
  int removeBefore(LocalDate day) {
    return database.durably(handle ->
        handle
            .createUpdate("delete from tls_report where report_day < :day")
            .bind("day", day.toString())
            .execute());
  }
}
