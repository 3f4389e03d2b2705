package dev.waybill.relay.admin;

import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.dmarc.Days;
import dev.waybill.relay.dmarc.DmarcReports;
import dev.waybill.relay.dmarc.Figures;
import dev.waybill.relay.dmarc.SendLog;
import dev.waybill.relay.dmarc.Sender;
import dev.waybill.relay.dmarc.StoredReport;
import dev.waybill.relay.dmarc.Summary;
import dev.waybill.relay.dns.DmarcRecord.Policy;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Parameters;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.report.aggregate.PublishedPolicy;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `/domains/{domain}/dmarc`: who sends as a domain and what receivers make of it, by their
/// aggregate reports.
final class DmarcResource {
  private static final int DEFAULT_DAYS = 30;

  /// @param messages all there are
  /// @param passed DMARC passes
  /// @param dkimPassed DKIM passes for the From domain
  /// @param spfPassed SPF passes for the From domain
  record FiguresView(
      long messages,
      long passed,
      long failed,
      long dkimPassed,
      long spfPassed,
      long quarantined,
      long rejected) {
    static FiguresView of(Figures figures) {
      return new FiguresView(
          figures.messages(),
          figures.passed(),
          figures.failed(),
          figures.dkim(),
          figures.spf(),
          figures.quarantined(),
          figures.rejected());
    }
  }

  /// What receivers found in the DNS.
  ///
  /// @param domain where it stands, at `_dmarc.`
  /// @param percent what the record says in `pct`, 100 where it says nothing
  record PolicyView(
      String domain, @Nullable String p, @Nullable String sp, boolean testing, int percent) {
    static PolicyView of(PublishedPolicy policy) {
      return new PolicyView(
          policy.domain().value(),
          text(policy.policy()),
          text(policy.subdomainPolicy()),
          policy.testing(),
          policy.percent());
    }

    private static @Nullable String text(@Nullable Policy policy) {
      return policy == null ? null : policy.text();
    }
  }

  record FailureView(
      String reason,
      String dkim,
      String dkimDomain,
      String dkimSelector,
      String spf,
      String spfDomain,
      long messages) {
    static FailureView of(Sender.Failure failure) {
      return new FailureView(
          failure.words(),
          failure.dkim(),
          failure.dkimDomain(),
          failure.dkimSelector(),
          failure.spf(),
          failure.spfDomain(),
          failure.messages());
    }
  }

  /// @param address null for senders that reports do not name
  record SenderView(
      @Nullable String address, String origin, FiguresView figures, List<FailureView> failures) {
    static SenderView of(Sender sender) {
      return new SenderView(
          sender.source(),
          sender.origin().text(),
          FiguresView.of(sender.figures()),
          sender.failures().stream().map(FailureView::of).toList());
    }
  }

  record ReporterView(String organization, long reports, long messages, long passed, long failed) {
    static ReporterView of(Summary.Reporting reporting) {
      return new ReporterView(
          reporting.organization(),
          reporting.reports(),
          reporting.messages(),
          reporting.passed(),
          reporting.messages() - reporting.passed());
    }
  }

  record AdviceView(String verdict, String text) {}

  /// @param days of how many days there are reports
  /// @param senderCount how many addresses reports name; 10,000 are told apart
  /// @param totals of all mail
  /// @param relay of mail from this relay's addresses
  /// @param senders the most frequent ones
  record SummaryView(
      String object,
      UUID id,
      String name,
      String from,
      String to,
      @Nullable PolicyView policy,
      long reports,
      long days,
      long senderCount,
      FiguresView totals,
      FiguresView relay,
      List<SenderView> senders,
      List<ReporterView> reporters,
      AdviceView advice) {}

  record ReportView(
      String object,
      UUID id,
      String organization,
      String email,
      String reportId,
      String beginsAt,
      String endsAt,
      String receivedAt,
      String policyDomain,
      long messages,
      long passed,
      long failed) {
    static ReportView of(StoredReport report) {
      return new ReportView(
          "dmarc_report",
          report.id(),
          report.organization(),
          report.email(),
          report.reportId(),
          Times.text(report.begin()),
          Times.text(report.end()),
          Times.text(report.receivedAt()),
          report.policyDomain(),
          report.messages(),
          report.passed(),
          report.messages() - report.passed());
    }
  }

  private final DomainFinder finder;
  private final DmarcReports reports;
  private final Breakers breakers;
  private final InstantSource clock;

  /// @param breakers know how much was delivered lately
  DmarcResource(Domains domains, DmarcReports reports, Breakers breakers, InstantSource clock) {
    this.finder = new DomainFinder(domains);
    this.reports = reports;
    this.breakers = breakers;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/domains/{domain}/dmarc", this::summary),
        Route.get("/domains/{domain}/dmarc/reports", this::list));
  }

  /// It may wait for the DNS, to know this relay's addresses.
  private Response summary(Request request) {
    SendingDomain domain = finder.registered(request);
    Days days = days(request.parameters());
    int limit = Page.Asked.of(request.parameters()).limit();
    Summary summary = reports.summary(domain.name(), days, limit, delivered(domain));
    return Json.response(
        200,
        new SummaryView(
            "dmarc_summary",
            domain.id(),
            domain.name().value(),
            days.from().toString(),
            days.to().toString(),
            summary.policy().map(PolicyView::of).orElse(null),
            summary.extent().reports(),
            summary.extent().days(),
            summary.extent().senders(),
            FiguresView.of(summary.figures()),
            FiguresView.of(summary.extent().relay()),
            summary.senders().stream().map(SenderView::of).toList(),
            summary.reporters().stream().map(ReporterView::of).toList(),
            new AdviceView(summary.advice().verdict().text(), summary.advice().text())));
  }

  private Response list(Request request) {
    SendingDomain domain = finder.registered(request);
    Page.Asked asked = Page.Asked.of(request.parameters());
    List<StoredReport> found =
        reports.list(
            domain.name(),
            days(request.parameters()),
            asked.after(),
            asked.before(),
            asked.limit() + 1);
    return Json.response(200, Page.read(found, asked, ReportView::of));
  }

  private SendLog delivered(SendingDomain domain) {
    LocalDate today = today();
    return new SendLog(
        breakers.list(domain.name().value()).stream()
            .mapToLong(breaker -> breaker.longer().delivered())
            .sum(),
        new Days(today.minusDays(breakers.longWindow().toDays()), today));
  }

  private Days days(Parameters parameters) {
    LocalDate to = day(parameters, "to").orElseGet(this::today);
    long asked = parameters.number("days", DEFAULT_DAYS, 1, Days.MOST);
    LocalDate from = day(parameters, "from").orElseGet(() -> to.minusDays(asked - 1));
    try {
      return new Days(from, to);
    } catch (IllegalArgumentException refused) {
      throw new Refusal(Problem.invalid("from and to: " + refused.getMessage()));
    }
  }

  private static Optional<LocalDate> day(Parameters parameters, String name) {
    return parameters
        .text(name)
        .map(text -> {
          try {
            return LocalDate.parse(text);
          } catch (DateTimeParseException unreadable) {
            throw new Refusal(
                Problem.invalid(name, "\"" + text + "\"", "a day such as 2027-01-31"));
          }
        });
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
