package dev.waybill.relay.doctor;

import dev.waybill.relay.doctor.Examination.Task;
import dev.waybill.relay.doctor.SourceCheck.Local;
import dev.waybill.relay.doctor.SourceCheck.Sources;
import dev.waybill.relay.domains.SendingDomain;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Looks at everything between this host and a good delivery of one domain's mail. Any thread may
/// call it; it blocks for as long as others take to answer, at most for the configured time.
public final class Doctor {
  private static final int AT_ONCE = 4;
  private static final String UNSUBSCRIBING =
      "Gmail and Yahoo require one-click unsubscribing of marketing mail (RFC 8058).";

  private final DoctorSettings settings;
  private final Instruments instruments;
  private final Semaphore chairs = new Semaphore(AT_ONCE);

  public Doctor(DoctorSettings settings, Instruments instruments) {
    this.settings = settings;
    this.instruments = instruments;
  }

  /// Examines the domain now.
  ///
  /// @return empty when four examinations are under way already
  /// @throws InterruptedException when the caller is no longer waited for
  public Optional<Report> examine(SendingDomain domain) throws InterruptedException {
    if (!chairs.tryAcquire()) {
      return Optional.empty();
    }
    try (Examination run = new Examination(settings, instruments)) {
      Sources sources = new SourceCheck(run).find();
      List<Diagnosis> all = new ArrayList<>(sources.diagnoses());
      all.addAll(run.answers(tasks(run, domain, sources)));
      all.add(
          Diagnosis.pass(
              Check.ONE_CLICK,
              domain.name().value(),
              "The relay adds List-Unsubscribe and List-Unsubscribe-Post to marketing mail.",
              UNSUBSCRIBING));
      all.sort(Comparator.comparing(Diagnosis::check));
      return Optional.of(new Report(domain, all));
    } finally {
      chairs.release();
    }
  }

  private static List<Task> tasks(Examination run, SendingDomain domain, Sources sources) {
    DoctorSettings settings = run.settings();
    List<Task> tasks = new ArrayList<>();
    for (Source source : sources.seen()) {
      tasks.add(
          new Task(Check.PTR, source.text(), () -> List.of(new ReverseNameCheck(run).of(source))));
      tasks.add(
          new Task(Check.SPF, source.text(), () -> List.of(new SpfCheck(run).of(source, domain))));
    }
    for (String name : sources.locals().stream().map(Local::heloName).distinct().toList()) {
      List<Source> from =
          sources.seen().stream().filter(source -> source.heloName().equals(name)).toList();
      tasks.add(new Task(Check.HELO, name, () -> List.of(new HeloCheck(run, name).of(from))));
    }
    tasks.add(
        new Task(Check.OUTBOUND, "this host", () -> new OutboundCheck(run).of(sources.locals())));
    tasks.add(new Task(Check.DOMAIN, domain.name().value(), () -> new RecordCheck(run).of(domain)));
    tasks.add(
        new Task(
            Check.FEEDBACK,
            settings.feedbackHost().value(),
            () -> new FeedbackCheck(run).of(domain)));
    tasks.add(
        new Task(Check.TRACKING, domain.name().value(), () -> new TrackingCheck(run).of(domain)));
    tasks.add(
        new Task(
            Check.CERTIFICATE,
            settings.hostname().value(),
            () -> List.of(new CertificateCheck(run).now())));
    return tasks;
  }
}
