package dev.waybill.relay.report.aggregate;

import com.google.common.net.InetAddresses;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.aggregate.AuthCheck.Outcome;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Understands one record of a report. Confined to one thread.
final class RecordBuilder {
  /// More than any provider has in a report.
  private static final long MOST_MESSAGES = 1_000_000_000;

  private static final int MOST_RESULTS = 10;
  private static final int MAX_SELECTOR = 63;
  private static final int MAX_WORD = 32;

  /// What was found of one signature, or of the return path.
  private static final class Result {
    private String domain = "";
    private String selector = "";
    private String word = "";

    boolean passed() {
      return word.equals("pass");
    }

    boolean found() {
      return !word.isEmpty() && !word.equals("none");
    }
  }

  private @Nullable InetAddress source;
  private @Nullable String count;
  private Disposition disposition = Disposition.NONE;
  private boolean dkimPasses;
  private boolean spfPasses;
  private String exception = "";
  private @Nullable DomainName headerFrom;
  private final List<Result> dkim = new ArrayList<>();
  private final List<Result> spf = new ArrayList<>();
  private Result current = new Result();
  private long messages;

  void opened(String path) {
    switch (path) {
      case "/feedback/record/auth_results/dkim" -> begin(dkim);
      case "/feedback/record/auth_results/spf" -> begin(spf);
      default -> {}
    }
  }

  private void begin(List<Result> results) {
    current = new Result();
    if (results.size() < MOST_RESULTS) {
      results.add(current);
    }
  }

  void closed(String path, String text) throws ReportFault {
    switch (path) {
      case "/feedback/record/row/source_ip" -> source = address(text);
      case "/feedback/record/row/count" -> {
        messages = OneLine.number("count", text, MOST_MESSAGES);
        count = text;
      }
      case "/feedback/record/row/policy_evaluated/disposition" ->
          disposition = Disposition.of(text);
      case "/feedback/record/row/policy_evaluated/dkim" ->
          dkimPasses = text.equalsIgnoreCase("pass");
      case "/feedback/record/row/policy_evaluated/spf" -> spfPasses = text.equalsIgnoreCase("pass");
      case "/feedback/record/row/policy_evaluated/reason/type" ->
          exception = exception.isEmpty() ? word(text) : exception;
      case "/feedback/record/identifiers/header_from" -> headerFrom = name(text).orElse(null);
      case "/feedback/record/auth_results/dkim/domain",
          "/feedback/record/auth_results/spf/domain" ->
          current.domain = name(text).map(DomainName::value).orElse("");
      case "/feedback/record/auth_results/dkim/selector" ->
          current.selector = OneLine.of(text, MAX_SELECTOR);
      case "/feedback/record/auth_results/dkim/result",
          "/feedback/record/auth_results/spf/result" ->
          current.word = word(text);
      default -> {}
    }
  }

  long messages() throws ReportFault {
    if (count == null) {
      throw new ReportFault("a record has no count");
    }
    return messages;
  }

  /// @param policyDomain stands in for a From domain that the record does not name
  JudgedMail mail(DomainName policyDomain) {
    DomainName from = headerFrom == null ? policyDomain : headerFrom;
    return new JudgedMail(
        source,
        from,
        disposition,
        exception,
        check(dkimPasses, dkim, from),
        check(spfPasses, spf, from));
  }

  /// Of several results the one that explains the judgement: a pass, if there is one, and of
  /// several the one nearest to the From domain.
  private static AuthCheck check(boolean passes, List<Result> results, DomainName from) {
    Optional<Result> telling =
        results.stream()
            .filter(Result::found)
            .min(
                Comparator.comparing((Result result) -> !result.passed())
                    .thenComparing(result -> !isRelated(result.domain, from)));
    Outcome outcome =
        passes
            ? Outcome.PASS
            : telling
                .map(result -> result.passed() ? Outcome.UNALIGNED : Outcome.FAILED)
                .orElse(Outcome.NONE);
    return telling
        .map(result -> new AuthCheck(outcome, result.domain, result.selector))
        .orElseGet(() -> new AuthCheck(outcome, "", ""));
  }

  private static boolean isRelated(String domain, DomainName from) {
    return DomainName.parse(domain)
        .map(name -> name.isWithin(from) || from.isWithin(name))
        .orElse(false);
  }

  private static Optional<DomainName> name(String text) {
    return DomainName.parse(text.toLowerCase(Locale.ROOT));
  }

  private static @Nullable InetAddress address(String text) {
    return text.indexOf('%') < 0 && InetAddresses.isInetAddress(text)
        ? InetAddresses.forString(text)
        : null;
  }

  private static String word(String text) {
    String word = text.toLowerCase(Locale.ROOT);
    return word.length() <= MAX_WORD && word.matches("[a-z0-9_-]*") ? word : "other";
  }
}
