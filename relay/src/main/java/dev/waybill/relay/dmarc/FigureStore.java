package dev.waybill.relay.dmarc;

import dev.waybill.relay.dns.DmarcRecord.Policy;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.aggregate.PublishedPolicy;
import dev.waybill.relay.storage.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/// What reports come to together. Any thread may use it; it only reads.
final class FigureStore {
  /// How many reports there are, by how many organizations, and of how many days.
  record Counts(long reports, long reporters, long days) {}

  /// What one address sent.
  record Source(@Nullable String address, Figures figures) {}

  private final Database database;

  FigureStore(Database database) {
    this.database = database;
  }

  Counts counts(DomainName domain, Days days) {
    return read(
            new Asked(domain, days, 1),
            """
            select count(*) as reports, count(distinct organization) as reporters,
              count(distinct on_day) as days
            from dmarc_report
            where domain_name = :domain and on_day between :from and :to limit :most\
            """,
            (row, _) ->
                new Counts(row.getLong("reports"), row.getLong("reporters"), row.getLong("days")))
        .getFirst();
  }

  /// The policy on the last day that there is a report of, as most organizations found it.
  Optional<PublishedPolicy> policy(DomainName domain, Days days) {
    return database
        .jdbi()
        .withHandle(handle ->
            bound(
                    handle.createQuery(
                        """
                        select policy_domain, policy, subdomain_policy, testing, percent,
                          count(distinct organization) as reporters
                        from dmarc_report
                        where domain_name = :domain and policy_domain in (<owners>)
                          and on_day = (
                            select max(on_day) from dmarc_report
                            where domain_name = :domain and policy_domain in (<owners>)
                              and on_day between :from and :to)
                        group by policy_domain, policy, subdomain_policy, testing, percent
                        order by reporters desc, policy_domain, policy, subdomain_policy, testing,
                          percent
                        limit :most\
                        """),
                    new Asked(domain, days, 1))
                .bindList("owners", upwards(domain))
                .map((row, _) ->
                    new PublishedPolicy(
                        DomainName.of(row.getString("policy_domain")),
                        policy(row.getString("policy")),
                        policy(row.getString("subdomain_policy")),
                        row.getBoolean("testing"),
                        row.getInt("percent")))
                .findOne());
  }

  /// Every address, the most frequent first.
  List<Source> sources(DomainName domain, Days days, int most) {
    return read(
        new Asked(domain, days, most),
        """
        select w.source, sum(w.messages) as messages,
          sum(case when w.dkim = 'pass' or w.spf = 'pass' then w.messages else 0 end) as passed,
          sum(case when w.dkim = 'pass' then w.messages else 0 end) as dkim,
          sum(case when w.spf = 'pass' then w.messages else 0 end) as spf,
          sum(case when w.disposition = 'quarantine' then w.messages else 0 end) as quarantined,
          sum(case when w.disposition = 'reject' then w.messages else 0 end) as rejected
        from dmarc_report r join dmarc_row w on w.report = r.id
        where r.domain_name = :domain and r.on_day between :from and :to
        group by w.source
        order by messages desc, w.source limit :most\
        """,
        (row, _) -> new Source(row.getString("source"), figures(row)));
  }

  /// Why mail fails, by address, the most frequent first; under the empty text what has none.
  Map<String, List<Sender.Failure>> failures(DomainName domain, Days days, int most) {
    Map<String, List<Sender.Failure>> byAddress = new LinkedHashMap<>();
    read(
            new Asked(domain, days, most),
            """
            select coalesce(w.source, '') as address, w.dkim, w.dkim_domain, w.dkim_selector,
              w.spf, w.spf_domain, sum(w.messages) as messages
            from dmarc_report r join dmarc_row w on w.report = r.id
            where r.domain_name = :domain and r.on_day between :from and :to
              and w.dkim <> 'pass' and w.spf <> 'pass'
            group by coalesce(w.source, ''), w.dkim, w.dkim_domain, w.dkim_selector, w.spf,
              w.spf_domain
            order by messages desc, address limit :most\
            """,
            (row, _) -> Map.entry(row.getString("address"), failure(row)))
        .forEach(each ->
            byAddress.computeIfAbsent(each.getKey(), _ -> new ArrayList<>()).add(each.getValue()));
    return byAddress;
  }

  List<Summary.Reporting> reporters(DomainName domain, Days days, int most) {
    return read(
        new Asked(domain, days, most),
        """
        select organization, count(*) as reports, sum(messages) as messages,
          sum(passed) as passed
        from dmarc_report
        where domain_name = :domain and on_day between :from and :to
        group by organization
        order by messages desc, organization limit :most\
        """,
        (row, _) ->
            new Summary.Reporting(
                row.getString("organization"),
                row.getLong("reports"),
                row.getLong("messages"),
                row.getLong("passed")));
  }

  private record Asked(DomainName domain, Days days, int most) {}

  private <T> List<T> read(Asked asked, String sql, RowMapper<T> mapper) {
    return database
        .jdbi()
        .withHandle(handle -> bound(handle.createQuery(sql), asked).map(mapper).list());
  }

  private static Query bound(Query query, Asked asked) {
    return query
        .bind("domain", asked.domain().value())
        .bind("from", asked.days().from().toString())
        .bind("to", asked.days().to().toString())
        .bind("most", asked.most());
  }

  /// The domain and what is above it: policies below are about something else.
  private static List<String> upwards(DomainName domain) {
    return Stream.iterate(
            Optional.of(domain), Optional::isPresent, name -> name.flatMap(DomainName::parent))
        .flatMap(Optional::stream)
        .map(DomainName::value)
        .toList();
  }

  private static Figures figures(ResultSet row) throws SQLException {
    return new Figures(
        row.getLong("messages"),
        row.getLong("passed"),
        row.getLong("dkim"),
        row.getLong("spf"),
        row.getLong("quarantined"),
        row.getLong("rejected"));
  }

  private static Sender.Failure failure(ResultSet row) throws SQLException {
    return new Sender.Failure(
        row.getString("dkim"),
        row.getString("dkim_domain"),
        row.getString("dkim_selector"),
        row.getString("spf"),
        row.getString("spf_domain"),
        row.getLong("messages"));
  }

  private static @Nullable Policy policy(@Nullable String text) {
    return text == null ? null : Policy.valueOf(text.toUpperCase(Locale.ROOT));
  }
}
