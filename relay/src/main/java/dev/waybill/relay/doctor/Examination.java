package dev.waybill.relay.doctor;

import dev.waybill.relay.dns.Resolver;
import dev.waybill.relay.smtp.ClientTimeouts;
import dev.waybill.relay.smtp.SmtpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run and its threads: every question on a virtual thread of its own, all of them cut off at
/// the end. Made and closed by one thread; its tasks may use it from theirs.
final class Examination implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Examination.class);

  /// One question, and whom to name where it finds no answer in time.
  record Task(Check check, String subject, Callable<List<Diagnosis>> work) {}

  private final DoctorSettings settings;
  private final Instruments instruments;
  private final SmtpClient smtp;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("doctor-", 0).factory());
  private final long end;

  Examination(DoctorSettings settings, Instruments instruments) {
    this.settings = settings;
    this.instruments = instruments;
    this.smtp =
        new SmtpClient(
            settings.heloName(),
            ClientTimeouts.uniform(settings.step()),
            Optional.empty(),
            instruments.nanos());
    this.end = instruments.nanos().getAsLong() + settings.whole().toNanos();
  }

  DoctorSettings settings() {
    return settings;
  }

  Instruments instruments() {
    return instruments;
  }

  Resolver resolver() {
    return instruments.resolver();
  }

  SmtpClient smtp() {
    return smtp;
  }

  /// Does all at once and waits for all, at most until the examination ends.
  List<Diagnosis> answers(List<Task> tasks) throws InterruptedException {
    List<Future<List<Diagnosis>>> running = new ArrayList<>();
    tasks.forEach(task -> running.add(threads.submit(task.work())));
    List<Diagnosis> answers = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      answers.addAll(answer(tasks.get(i), running.get(i)));
    }
    return answers;
  }

  /// Does all at once and waits for all.
  ///
  /// @throws ExecutionException with what one of them threw
  <T> List<T> together(List<Callable<T>> work) throws InterruptedException, ExecutionException {
    List<Future<T>> running = new ArrayList<>();
    work.forEach(each -> running.add(threads.submit(each)));
    List<T> results = new ArrayList<>();
    for (Future<T> each : running) {
      results.add(each.get());
    }
    return results;
  }

  /// Cuts off what still runs; interrupting a virtual thread closes the socket that it waits for.
  @Override
  public void close() {
    threads.shutdownNow();
    smtp.close();
  }

  private List<Diagnosis> answer(Task task, Future<List<Diagnosis>> running)
      throws InterruptedException {
    long left = Math.max(0, end - instruments.nanos().getAsLong());
    String found;
    try {
      return running.get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      found = "no answer within %d s".formatted(settings.whole().toSeconds());
    } catch (ExecutionException fault) {
      LOG.error("{} of {} could not be examined", task.check().text(), task.subject(), fault);
      found = "a fault of this relay; its log says more";
    }
    return List.of(
        Diagnosis.unknown(task.check(), task.subject(), found, "", "Ask again in a while."));
  }
}
