package dev.waybill.relay.dmarc;

import com.google.common.net.InetAddresses;
import dev.waybill.relay.dns.DmarcRecord.Policy;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.aggregate.AggregateReport;
import dev.waybill.relay.report.aggregate.AggregateReport.Row;
import dev.waybill.relay.report.aggregate.JudgedMail;
import dev.waybill.relay.report.aggregate.PublishedPolicy;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/// The rows of reports, one report at a time. Any thread may use it.
final class FilingStore {
  /// How much came in.
  record Volume(long reports, long rows) {}

  private final Database database;

  FilingStore(Database database) {
    this.database = database;
  }

  /// Whether the same report of the same reporter about the same time is there.
  boolean has(DomainName domain, AggregateReport report) {
    return database
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery(
                    "select 1 from dmarc_report where domain_name = :domain and digest = :digest")
                .bind("domain", domain.value())
                .bind("digest", digest(report))
                .mapTo(Integer.class)
                .findOne()
                .isPresent());
  }

  /// What came in about a domain since a time.
  Volume since(DomainName domain, Instant time) {
    return database
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery(
                    """
                    select count(*) as reports, coalesce(sum(row_count), 0) as row_count
                    from dmarc_report where domain_name = :domain and received_at >= :time\
                    """)
                .bind("domain", domain.value())
                .bind("time", Columns.timestamp(time))
                .map((row, _) -> new Volume(row.getLong("reports"), row.getLong("row_count")))
                .one());
  }

  /// Writes a report with those of its rows that are about the domain.
  ///
  /// @throws RuntimeException also when it is there
  void insert(Handle handle, UUID id, Filing.Taken taken, LocalDate day, Instant now) {
    AggregateReport report = taken.report();
    List<Row> rows =
        report.rows().stream()
            .filter(row -> row.mail().headerFrom().isWithin(taken.domain()))
            .toList();
    PublishedPolicy policy = report.policy();
    handle
        .createUpdate(
            """
            insert into dmarc_report (id, domain_name, digest, organization, email, report_id,
              begins_at, ends_at, on_day, received_at, policy_domain, policy, subdomain_policy,
              testing, percent, messages, passed, row_count)
            values (:id, :domain, :digest, :organization, :email, :report, :begins, :ends, :day,
              :now, :of, :policy, :subdomains, :testing, :percent, :messages, :passed, :rows)\
            """)
        .bind("id", id)
        .bind("domain", taken.domain().value())
        .bind("digest", digest(report))
        .bind("organization", Columns.required(report.reporter().organization(), 100))
        .bind("email", Columns.required(report.reporter().email(), 254))
        .bind("report", Columns.required(report.id(), 255))
        .bind("begins", Columns.timestamp(report.begin()))
        .bind("ends", Columns.timestamp(report.end()))
        .bind("day", day.toString())
        .bind("now", Columns.timestamp(now))
        .bind("of", policy.domain().value())
        .bindBySqlType("policy", text(policy.policy()), Types.VARCHAR)
        .bindBySqlType("subdomains", text(policy.subdomainPolicy()), Types.VARCHAR)
        .bind("testing", policy.testing())
        .bind("percent", policy.percent())
        .bind("messages", rows.stream().mapToLong(Row::messages).sum())
        .bind(
            "passed",
            rows.stream().filter(row -> row.mail().passes()).mapToLong(Row::messages).sum())
        .bind("rows", rows.size())
        .execute();
    insert(handle, id, rows);
  }

  private static void insert(Handle handle, UUID report, List<Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            """
            insert into dmarc_row (report, place, source, header_from, disposition, exception,
              dkim, dkim_domain, dkim_selector, spf, spf_domain, messages)
            values (:report, :place, :source, :from, :disposition, :exception, :dkim,
              :dkim_domain, :dkim_selector, :spf, :spf_domain, :messages)\
            """);
    for (int place = 0; place < rows.size(); place++) {
      JudgedMail mail = rows.get(place).mail();
      InetAddress source = mail.source();
      batch
          .bind("report", report)
          .bind("place", place)
          .bindBySqlType(
              "source", source == null ? null : InetAddresses.toAddrString(source), Types.VARCHAR)
          .bind("from", mail.headerFrom().value())
          .bind("disposition", mail.disposition().text())
          .bind("exception", mail.exception())
          .bind("dkim", mail.dkim().outcome().text())
          .bind("dkim_domain", mail.dkim().domain())
          .bind("dkim_selector", Columns.required(mail.dkim().selector(), 63))
          .bind("spf", mail.spf().outcome().text())
          .bind("spf_domain", mail.spf().domain())
          .bind("messages", rows.get(place).messages())
          .add();
    }
    batch.execute();
  }

  /// The newest arrival first.
  ///
  /// @param after only those that arrived before this one; null for all
  /// @param before only those that arrived after this one, and the nearest to it; null for all
  List<StoredReport> list(
      DomainName domain, Days days, @Nullable UUID after, @Nullable UUID before, int limit) {
    String place = after != null ? "and id < :place" : before != null ? "and id > :place" : "";
    List<StoredReport> found =
        database
            .jdbi()
            .withHandle(handle -> {
              var query =
                  handle
                      .createQuery(
                          """
                          select * from dmarc_report
                          where domain_name = :domain and on_day between :from and :to %s
                          order by id %s limit :limit\
                          """
                              .formatted(place, before == null ? "desc" : "asc"))
                      .bind("domain", domain.value())
                      .bind("from", days.from().toString())
                      .bind("to", days.to().toString())
                      .bind("limit", limit);
              if (!place.isEmpty()) {
                query.bind("place", after != null ? after : before);
              }
              return query.map((row, _) -> report(row)).list();
            });
    return before == null ? found : new ArrayList<>(found).reversed();
  }

  /// Removes some of those that are older than a day; where there are none it only reads.
  ///
  /// @return how many reports there were, with their rows
  int removeBefore(LocalDate day, int most) {
    List<UUID> old =
        database
            .jdbi()
            .withHandle(handle ->
                handle
                    .createQuery(
                        "select id from dmarc_report where on_day < :day order by on_day limit :most")
                    .bind("day", day.toString())
                    .bind("most", most)
                    .mapTo(UUID.class)
                    .list());
    return old.isEmpty()
        ? 0
        : database.durably(handle ->
            handle
                .createUpdate("delete from dmarc_report where id in (<old>)")
                .bindList("old", old)
                .execute());
  }

  private static StoredReport report(ResultSet row) throws SQLException {
    return new StoredReport(
        row.getObject("id", UUID.class),
        row.getString("organization"),
        row.getString("email"),
        row.getString("report_id"),
        Columns.instant(row, "begins_at"),
        Columns.instant(row, "ends_at"),
        Columns.instant(row, "received_at"),
        row.getString("policy_domain"),
        row.getLong("messages"),
        row.getLong("passed"));
  }

  private static @Nullable String text(@Nullable Policy policy) {
    return policy == null ? null : policy.text();
  }

  /// Of what makes it the same report.
  private static String digest(AggregateReport report) {
    String whole =
        String.join(
            "\n",
            report.reporter().organization(),
            report.id(),
            report.policy().domain().value(),
            report.begin().toString(),
            report.end().toString());
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(whole.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
