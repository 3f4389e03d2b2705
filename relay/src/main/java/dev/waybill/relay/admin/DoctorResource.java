package dev.waybill.relay.admin;

import dev.waybill.relay.doctor.Diagnosis;
import dev.waybill.relay.doctor.Doctor;
import dev.waybill.relay.doctor.Report;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import java.util.List;
import java.util.UUID;

/// `/domains/{domain}/doctor`: what stands between this host and a good delivery.
final class DoctorResource {
  /// What an examination found, as the API shows it.
  ///
  /// @param status the worst of the checks'
  record ReportView(String object, UUID id, String name, String status, List<CheckView> checks) {
    static ReportView of(Report report) {
      return new ReportView(
          "doctor_report",
          report.domain().id(),
          report.domain().name().value(),
          report.verdict().text(),
          report.diagnoses().stream().map(CheckView::of).toList());
    }
  }

  /// What one look found, as the API shows it.
  record CheckView(
      String check,
      String subject,
      String status,
      String found,
      String reason,
      String fix,
      String paste) {
    static CheckView of(Diagnosis diagnosis) {
      return new CheckView(
          diagnosis.check().text(),
          diagnosis.subject(),
          diagnosis.verdict().text(),
          diagnosis.found(),
          diagnosis.reason(),
          diagnosis.fix(),
          diagnosis.paste());
    }
  }

  private final DomainFinder finder;
  private final Doctor doctor;

  DoctorResource(Domains domains, Doctor doctor) {
    this.finder = new DomainFinder(domains);
    this.doctor = doctor;
  }

  List<Route> routes() {
    return List.of(Route.post("/domains/{domain}/doctor", this::examine));
  }

  /// The answer waits for the examination, which bounds itself.
  private Response examine(Request request) {
    SendingDomain domain = finder.registered(request);
    try {
      return doctor
          .examine(domain)
          .map(report -> Json.response(200, ReportView.of(report)))
          .orElseGet(() ->
              Json.problem(
                  new Problem(
                      429,
                      "rate_limit_exceeded",
                      "several examinations are under way; try again when they are done")));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Json.problem(new Problem(503, "service_unavailable", "the relay is stopping"));
    }
  }
}
