package dev.waybill.relay.tlsreport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.transport.AppliedPolicy;
import dev.waybill.relay.transport.TlsSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// One day of one domain as JSON (RFC 8460 §4.4), and its name (§5.1). Pure; any thread may use it.
final class ReportDocument {
  /// Policies in a report, and failures in detail for each; the most frequent are told. What is
  /// told in no detail still counts in its policy's summary.
  static final int MAX_POLICIES = 20;

  static final int MAX_DETAILS = 100;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final class Part {
    private final List<CountedSession> failures = new ArrayList<>();
    private long good;
    private long bad;
  }

  private ReportDocument() {}

  /// @param sessions those of the day, the most frequent first
  static byte[] json(
      TlsReportSettings settings, LocalDate day, String id, List<CountedSession> sessions) {
    Map<AppliedPolicy, Part> parts = new LinkedHashMap<>();
    for (CountedSession counted : sessions) {
      AppliedPolicy policy = counted.session().policy();
      if (!parts.containsKey(policy) && parts.size() == MAX_POLICIES) {
        continue;
      }
      Part part = parts.computeIfAbsent(policy, _ -> new Part());
      if (counted.session().failure().isEmpty()) {
        part.good += counted.count();
      } else {
        part.bad += counted.count();
        part.failures.add(counted);
      }
    }
    List<Map<String, Object>> policies = new ArrayList<>();
    parts.forEach((policy, part) -> policies.add(policy(policy, part)));
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("organization-name", settings.organization());
    report.put(
        "date-range",
        Map.of(
            "start-datetime", start(day).toString(),
            "end-datetime", end(day).toString()));
    report.put("contact-info", settings.contact());
    report.put("report-id", id);
    report.put("policies", policies);
    return JSON.writeValueAsBytes(report);
  }

  static byte[] gzip(byte[] octets) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(octets);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  /// As `sender!policy-domain!begin!end!id.json.gz` (RFC 8460 §5.1).
  static String fileName(DomainName submitter, DomainName domain, LocalDate day, String id) {
    return "%s!%s!%d!%d!%s.json.gz"
        .formatted(submitter, domain, start(day).getEpochSecond(), end(day).getEpochSecond(), id);
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static Instant end(LocalDate day) {
    return start(day.plusDays(1)).minusSeconds(1);
  }

  private static Map<String, Object> policy(AppliedPolicy policy, Part part) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("policy-type", policy.type().text());
    if (!policy.strings().isEmpty()) {
      shown.put("policy-string", policy.strings());
    }
    shown.put("policy-domain", policy.domain().value());
    if (!policy.hosts().isEmpty()) {
      shown.put("mx-host", policy.hosts());
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("total-successful-session-count", part.good);
    summary.put("total-failure-session-count", part.bad);
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("policy", shown);
    whole.put("summary", summary);
    if (!part.failures.isEmpty()) {
      whole.put(
          "failure-details",
          part.failures.stream()
              .limit(MAX_DETAILS)
              .map(counted -> detail(counted.session().failure().orElseThrow(), counted.count()))
              .toList());
    }
    return whole;
  }

  private static Map<String, Object> detail(TlsSession.Failure failure, long count) {
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("result-type", failure.kind().text());
    put(detail, "sending-mta-ip", failure.local());
    put(detail, "receiving-mx-hostname", failure.host());
    put(detail, "receiving-ip", failure.remote());
    detail.put("failed-session-count", count);
    put(detail, "failure-reason-code", failure.reason().isEmpty() ? null : failure.reason());
    return detail;
  }

  private static void put(Map<String, Object> into, String name, @Nullable String value) {
    if (value != null) {
      into.put(name, value);
    }
  }
}
