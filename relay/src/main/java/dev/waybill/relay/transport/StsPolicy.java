package dev.waybill.relay.transport;

import dev.waybill.relay.message.DomainName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a domain demands of the way its mail takes (RFC 8461 §3.2). A value; any thread may use it.
///
/// @param hosts names of MX hosts in lower case, `*.` in front for any one label; empty only for
///   [Mode#NONE]
/// @param maxAge how long it stands after it was fetched, at most [#LONGEST]
public record StsPolicy(Mode mode, List<String> hosts, Duration maxAge) {
  /// How much a policy weighs.
  public enum Mode {
    /// Hosts that do not fit get no mail.
    ENFORCE,
    /// They do, and it is told.
    TESTING,
    /// There is no policy any more.
    NONE;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Mode> of(String text) {
      for (Mode mode : values()) {
        if (mode.text().equals(text)) {
          return Optional.of(mode);
        }
      }
      return Optional.empty();
    }
  }

  /// What came of reading a policy.
  public sealed interface Reading {
    record Read(StsPolicy policy) implements Reading {}

    /// @param reason what is wrong, with the text that is
    record Malformed(String reason) implements Reading {}
  }

  /// The most that a policy may ask for (RFC 8461 §3.2).
  public static final Duration LONGEST = Duration.ofSeconds(31_557_600);

  /// The largest policy that is read, in octets.
  public static final int MAX_OCTETS = 64 * 1024;

  static final int MAX_HOSTS = 200;
  private static final int MAX_SHOWN = 60;

  public StsPolicy {
    hosts = List.copyOf(hosts);
    if (maxAge.isNegative() || maxAge.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "max_age %s (expected: 0 to %s)".formatted(maxAge, LONGEST));
    }
    if (hosts.isEmpty() && mode != Mode.NONE) {
      throw new IllegalArgumentException(
          "no mx in mode %s (expected: at least one)".formatted(mode.text()));
    }
  }

  /// Reads the text of a policy. Fields that are not known are passed over; of those that may be
  /// there once, the first counts.
  public static Reading read(String text) {
    if (text.length() > MAX_OCTETS) {
      return new Reading.Malformed("more than %d octets".formatted(MAX_OCTETS));
    }
    String version = null;
    String modeText = null;
    String ageText = null;
    List<String> hosts = new ArrayList<>();
    for (String line : text.split("\r\n|\n", -1)) {
      if (line.isBlank()) {
        continue;
      }
      int colon = line.indexOf(':');
      if (colon < 0) {
        return new Reading.Malformed("the line \"%s\" (expected: key: value)".formatted(cut(line)));
      }
      String value = line.substring(colon + 1).strip();
      switch (line.substring(0, colon).strip()) {
        case "version" -> version = version == null ? value : version;
        case "mode" -> modeText = modeText == null ? value : modeText;
        case "max_age" -> ageText = ageText == null ? value : ageText;
        case "mx" -> hosts.add(value);
        default -> {}
      }
    }
    if (!"STSv1".equals(version)) {
      return new Reading.Malformed("version %s (expected: STSv1)".formatted(shown(version)));
    }
    Optional<Mode> mode = Mode.of(modeText == null ? "" : modeText);
    if (mode.isEmpty()) {
      return new Reading.Malformed(
          "mode %s (expected: enforce, testing or none)".formatted(shown(modeText)));
    }
    Optional<Duration> maxAge = age(ageText == null ? "" : ageText);
    if (maxAge.isEmpty()) {
      return new Reading.Malformed(
          "max_age %s (expected: seconds, at most 10 digits)".formatted(shown(ageText)));
    }
    return read(mode.get(), hosts, maxAge.get());
  }

  private static Reading read(Mode mode, List<String> texts, Duration maxAge) {
    if (texts.size() > MAX_HOSTS) {
      return new Reading.Malformed(
          "%d mx (expected: at most %d)".formatted(texts.size(), MAX_HOSTS));
    }
    List<String> hosts = new ArrayList<>();
    for (String text : texts) {
      Optional<String> pattern = pattern(text);
      if (pattern.isEmpty()) {
        return new Reading.Malformed(
            "mx %s (expected: a host name, or *. and a domain)".formatted(shown(text)));
      }
      hosts.add(pattern.get());
    }
    return hosts.isEmpty() && mode != Mode.NONE
        ? new Reading.Malformed("no mx in mode %s (expected: at least one)".formatted(mode.text()))
        : new Reading.Read(new StsPolicy(mode, hosts, maxAge));
  }

  /// Whether mail may go to this host (RFC 8461 §4.1): the same name, or a wildcard in place of its
  /// first label.
  public boolean permits(String host) {
    Optional<DomainName> name = DomainName.parse(host);
    if (name.isEmpty()) {
      return false;
    }
    String wildcard = name.get().parent().map(parent -> "*." + parent).orElse("");
    return hosts.stream()
        .anyMatch(pattern -> pattern.equals(name.get().value()) || pattern.equals(wildcard));
  }

  private static Optional<String> pattern(String text) {
    boolean wild = text.startsWith("*.");
    return DomainName.parse(wild ? text.substring(2) : text).map(name -> (wild ? "*." : "") + name);
  }

  /// More than may be asked for counts as the most.
  private static Optional<Duration> age(String digits) {
    boolean isNumber =
        !digits.isEmpty()
            && digits.length() <= 10
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber
        ? Optional.of(Duration.ofSeconds(Math.min(Long.parseLong(digits), LONGEST.toSeconds())))
        : Optional.empty();
  }

  private static String shown(@Nullable String value) {
    return value == null ? "is missing" : "\"" + cut(value) + "\"";
  }

  private static String cut(String text) {
    StringBuilder clean = new StringBuilder();
    text.chars().limit(MAX_SHOWN).forEach(c -> clean.append(c < ' ' || c > '~' ? '?' : (char) c));
    return text.length() > MAX_SHOWN ? clean + "..." : clean.toString();
  }
}
