package dev.waybill.relay.domains;

import com.google.common.net.InternetDomainName;
import dev.waybill.relay.brand.Brand;
import dev.waybill.relay.message.DomainName;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Judges what an operator typed for a domain. Stateless; any thread.
final class RegistrationRules {
  static final String DEFAULT_RETURN_PATH = "send";

  /// As long as any selector of ours will be for years.
  private static final String USUAL_SELECTOR = "wbe9999";

  private static final int MAX_LABEL = 63;

  /// Names below these never stand in the public DNS (RFC 6761, RFC 6762, RFC 7686, RFC 9476) or
  /// hold no mail.
  private static final List<String> RESERVED =
      List.of("localhost", "local", "onion", "arpa", "invalid", "alt");

  private RegistrationRules() {}

  /// The outcome of the judgement.
  sealed interface Judgement {
    /// Fit to be registered, in canonical form.
    record Fit(
        DomainName name, String returnPathLabel, @Nullable String trackingSubdomain, Brand brand)
        implements Judgement {}

    /// @param problem names the field, the value and what was expected
    record Unfit(String problem) implements Judgement {}
  }

  static Judgement judge(NewDomain request) {
    Optional<DomainName> parsed = DomainName.parse(request.name());
    if (parsed.isEmpty()) {
      return unfit("name", request.name(), "a domain name such as example.com");
    }
    DomainName name = parsed.get();
    Optional<String> expected = expectedInsteadOf(name);
    if (expected.isPresent()) {
      return unfit("name", request.name(), expected.get());
    }
    String returnPath = label(request.returnPathLabel(), DEFAULT_RETURN_PATH);
    Optional<String> problem = labelProblem("custom_return_path", returnPath);
    if (problem.isPresent()) {
      return new Judgement.Unfit(problem.get());
    }
    String tracking =
        request.trackingSubdomain() == null ? null : label(request.trackingSubdomain(), "");
    problem = tracking == null ? Optional.empty() : trackingProblem(tracking, returnPath);
    if (problem.isPresent()) {
      return new Judgement.Unfit(problem.get());
    }
    String selector = label(request.key().selector(), USUAL_SELECTOR);
    if (!fits(name, returnPath, tracking, selector)) {
      return unfit("name", request.name(), "a name that leaves room for its records' names");
    }
    try {
      return new Judgement.Fit(name, returnPath, tracking, Brand.NONE.with(request.brand()));
    } catch (IllegalArgumentException unusable) {
      return new Judgement.Unfit(String.valueOf(unusable.getMessage()));
    }
  }

  /// The domain with the change applied.
  ///
  /// @throws IllegalArgumentException with words for the operator when the tracking subdomain's
  ///   label or the brand is not usable
  static SendingDomain apply(DomainChange change, SendingDomain domain) {
    String tracking = domain.trackingSubdomain();
    if (change.trackingSubdomain() != null) {
      String wanted = label(change.trackingSubdomain(), "");
      tracking = wanted.isEmpty() ? null : wanted;
    }
    if (tracking != null) {
      Optional<String> problem = trackingProblem(tracking, domain.returnPathLabel());
      if (problem.isPresent()) {
        throw new IllegalArgumentException(problem.get());
      }
      if (!fits(domain.name(), domain.returnPathLabel(), tracking, USUAL_SELECTOR)) {
        throw new IllegalArgumentException(
            problem("tracking_subdomain", tracking, "a shorter label below so long a domain"));
      }
    }
    return new SendingDomain(
        domain.id(),
        domain.name(),
        domain.status(),
        domain.returnPathLabel(),
        Objects.requireNonNullElse(change.openTracking(), domain.openTracking()),
        Objects.requireNonNullElse(change.clickTracking(), domain.clickTracking()),
        tracking,
        Objects.requireNonNullElse(change.requireTls(), domain.requireTls()),
        domain.createdAt(),
        domain.brand().with(change.brand()));
  }

  /// What is wrong with a tracking subdomain's label; empty when nothing is.
  private static Optional<String> trackingProblem(String label, String returnPathLabel) {
    if (label.equals(returnPathLabel)) {
      // a CNAME may not stand beside the return path's MX (RFC 1034 §3.6.2)
      return Optional.of(
          problem("tracking_subdomain", label, "another label than the return path's"));
    }
    return labelProblem("tracking_subdomain", label);
  }

  private static Optional<String> labelProblem(String field, String label) {
    boolean good =
        !label.isEmpty()
            && label.length() <= MAX_LABEL
            && isLetter(label.charAt(0))
            && label.charAt(label.length() - 1) != '-'
            && label.chars().allMatch(c -> isLetter(c) || isDigit(c) || c == '-');
    return good
        ? Optional.empty()
        : Optional.of(
            problem(
                field,
                label,
                "one label of letters, digits and hyphens that starts with a letter, ends with a"
                    + " letter or digit and has at most 63 characters"));
  }

  private static Optional<String> expectedInsteadOf(DomainName name) {
    String value = name.value();
    String lastLabel = value.substring(value.lastIndexOf('.') + 1);
    if (lastLabel.chars().allMatch(RegistrationRules::isDigit)) {
      return Optional.of("a domain name, not an IP address");
    }
    if (value.indexOf('.') < 0) {
      return Optional.of("a name of at least two labels, such as example.com");
    }
    if (value.indexOf('_') >= 0) {
      return Optional.of("a mail domain, which has no underscore");
    }
    if (RESERVED.contains(lastLabel)) {
      return Optional.of("a name of the public DNS; ." + lastLabel + " is reserved");
    }
    try {
      InternetDomainName known = InternetDomainName.from(value);
      return known.isPublicSuffix() || known.isRegistrySuffix()
          ? Optional.of("a name below a public suffix, not the suffix itself")
          : Optional.empty();
    } catch (IllegalArgumentException notAHostName) {
      return Optional.of("a host name such as example.com");
    }
  }

  private static boolean fits(
      DomainName name, String returnPath, @Nullable String tracking, String selector) {
    int longest =
        Math.max(
            Math.max(returnPath.length(), tracking == null ? 0 : tracking.length()),
            Math.max(selector.length(), USUAL_SELECTOR.length()) + "._domainkey".length());
    return name.value().length() + 1 + longest <= 253;
  }

  private static String label(@Nullable String typed, String absent) {
    return typed == null ? absent : typed.strip().toLowerCase(Locale.ROOT);
  }

  private static Judgement unfit(String field, String value, String expected) {
    return new Judgement.Unfit(problem(field, value, expected));
  }

  private static String problem(String field, String value, String expected) {
    return "%s: \"%s\" (expected: %s)".formatted(field, Finding.shown(value), expected);
  }

  private static boolean isLetter(int c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
