package dev.waybill.relay.report.aggregate;

import dev.waybill.relay.dns.DmarcRecord.Policy;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.aggregate.AggregateReport.Reporter;
import dev.waybill.relay.report.aggregate.AggregateReport.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Understands the elements of a report as they come. Confined to one thread.
final class FeedbackBuilder {
  static final String ROOT = "feedback";

  private static final int MOST_RECORDS = 100_000;

  /// Of the 1,000 rows; what is put together comes to 48 kinds at most.
  private static final int MOST_FREQUENT = 900;

  private static final long MOST_SECONDS = 99_999_999_999L;
  private static final int MAX_NAME = 100;
  private static final int MAX_ADDRESS = 254;
  private static final int MAX_ID = 255;

  private String organization = "";
  private String email = "";
  private String id = "";
  private String begin = "";
  private String end = "";
  private String domain = "";
  private @Nullable Policy policy;
  private @Nullable Policy subdomainPolicy;
  private boolean testing;
  private int percent = 100;

  private @Nullable RecordBuilder record;
  private int records;
  private final Map<JudgedMail, Long> mail = new LinkedHashMap<>();

  /// An element begins.
  ///
  /// @param path the local names from the root to it, each behind a slash
  void opened(String path) throws ReportFault {
    if (path.equals("/feedback/record")) {
      records++;
      if (records > MOST_RECORDS) {
        throw new ReportFault("it has more than %d records".formatted(MOST_RECORDS));
      }
      record = new RecordBuilder();
    } else if (record != null) {
      record.opened(path);
    }
  }

  /// An element ends.
  ///
  /// @param text what stands in it, without blanks around it; cut where it is long
  void closed(String path, String text) throws ReportFault {
    switch (path) {
      case "/feedback/report_metadata/org_name" -> organization = OneLine.of(text, MAX_NAME);
      case "/feedback/report_metadata/email" -> email = OneLine.of(text, MAX_ADDRESS);
      case "/feedback/report_metadata/report_id" -> id = OneLine.of(text, MAX_ID);
      case "/feedback/report_metadata/date_range/begin" -> begin = text;
      case "/feedback/report_metadata/date_range/end" -> end = text;
      case "/feedback/policy_published/domain" -> domain = text;
      case "/feedback/policy_published/p" -> policy = policy(text);
      case "/feedback/policy_published/sp" -> subdomainPolicy = policy(text);
      case "/feedback/policy_published/testing" -> testing = text.equalsIgnoreCase("y");
      case "/feedback/policy_published/pct" -> percent = percent(text);
      case "/feedback/record" -> count();
      default -> {
        if (record != null) {
          record.closed(path, text);
        }
      }
    }
  }

  private void count() throws ReportFault {
    RecordBuilder ended = record;
    record = null;
    if (ended != null && ended.messages() > 0) {
      mail.merge(ended.mail(policyDomain()), ended.messages(), Long::sum);
    }
  }

  /// @throws ReportFault when something is missing without which a report says nothing
  AggregateReport finished() throws ReportFault {
    if (organization.isEmpty()) {
      throw new ReportFault("org_name is missing");
    }
    if (id.isEmpty()) {
      throw new ReportFault("report_id is missing");
    }
    Instant first = time("begin", begin);
    Instant last = time("end", end);
    if (last.isBefore(first) || last.isAfter(first.plus(AggregateReport.LONGEST))) {
      throw new ReportFault(
          "its date_range is %s to %s (expected: at most %d days)"
              .formatted(first, last, AggregateReport.LONGEST.toDays()));
    }
    return new AggregateReport(
        new Reporter(organization, email),
        id,
        first,
        last,
        new PublishedPolicy(policyDomain(), policy, subdomainPolicy, testing, percent),
        rows(policyDomain()));
  }

  /// The most frequent kinds, and the others put together.
  private List<Row> rows(DomainName from) {
    List<Map.Entry<JudgedMail, Long>> kinds = new ArrayList<>(mail.entrySet());
    kinds.sort(Map.Entry.<JudgedMail, Long>comparingByValue().reversed());
    List<Row> rows = new ArrayList<>();
    Map<JudgedMail, Long> rest = new LinkedHashMap<>();
    int kept = kinds.size() <= AggregateReport.MOST_ROWS ? kinds.size() : MOST_FREQUENT;
    for (Map.Entry<JudgedMail, Long> kind : kinds) {
      if (rows.size() < kept) {
        rows.add(new Row(kind.getKey(), kind.getValue()));
      } else {
        rest.merge(kind.getKey().anonymous(from), kind.getValue(), Long::sum);
      }
    }
    rest.forEach((kind, messages) -> rows.add(new Row(kind, messages)));
    return rows;
  }

  private DomainName policyDomain() throws ReportFault {
    return DomainName.parse(domain.toLowerCase(Locale.ROOT))
        .orElseThrow(
            () -> new ReportFault("the domain of its policy is missing or no domain name"));
  }

  private static @Nullable Policy policy(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "none" -> Policy.NONE;
      case "quarantine" -> Policy.QUARANTINE;
      case "reject" -> Policy.REJECT;
      default -> null;
    };
  }

  private static int percent(String text) {
    return text.matches("\\d{1,2}") ? Integer.parseInt(text) : 100;
  }

  private static Instant time(String name, String text) throws ReportFault {
    return Instant.ofEpochSecond(OneLine.number(name, text, MOST_SECONDS));
  }
}
