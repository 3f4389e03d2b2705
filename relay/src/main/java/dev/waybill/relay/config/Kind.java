package dev.waybill.relay.config;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.shaping.Rate;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// How the text of a setting is read.
///
/// @param expected what a right value looks like, for the operator
/// @param reader gives empty for a wrong text
public record Kind<T>(String expected, Function<String, Optional<T>> reader) {
  private static final Map<String, Long> SIZE_UNITS =
      Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);
  private static final Map<String, Duration> TIME_UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  static Kind<String> text() {
    return new Kind<>("text", text -> Optional.of(text).filter(t -> !t.isBlank()));
  }

  static Kind<String> longText(int least) {
    return new Kind<>(
        "at least %d characters".formatted(least),
        text -> Optional.of(text).filter(t -> t.length() >= least));
  }

  static Kind<DomainName> hostName() {
    return new Kind<>("a host name such as mail.example.com", DomainName::parse);
  }

  static Kind<Path> path() {
    return new Kind<>("a path", Kind::readPath);
  }

  static Kind<InetSocketAddress> listenAddress() {
    return new Kind<>(
        "address:port with port 0..65535, such as 0.0.0.0:2587 or [::]:2587",
        text -> readSocketAddress(text, 0));
  }

  static Kind<InetSocketAddress> serverAddress() {
    return new Kind<>(
        "address:port with port 1..65535, such as 127.0.0.1:53",
        text -> readSocketAddress(text, 1));
  }

  static Kind<InetAddress> address() {
    return new Kind<>("an IP address such as 192.0.2.1 or 2001:db8::1", Kind::readAddress);
  }

  static Kind<Integer> number(int least, int most) {
    return new Kind<>(
        "a number from %d to %d".formatted(least, most),
        text ->
            readDecimal(text)
                .filter(n -> n.stripTrailingZeros().scale() <= 0)
                .filter(n -> n.compareTo(BigDecimal.valueOf(least)) >= 0)
                .filter(n -> n.compareTo(BigDecimal.valueOf(most)) <= 0)
                .map(BigDecimal::intValue));
  }

  /// Octets, as `25MiB`.
  static Kind<Long> size() {
    return new Kind<>("a size such as 25MiB (units B, KiB, MiB, GiB)", Kind::readSize);
  }

  /// Positive, as `5m` or `72h`.
  static Kind<Duration> duration() {
    return new Kind<>(
        "a duration such as 30s, 5m, 72h or 5d",
        text -> readDuration(text).filter(Duration::isPositive));
  }

  /// As [#duration], or `0s` for not at all.
  static Kind<Duration> durationOrNone() {
    return new Kind<>("a duration such as 12h or 7d, or 0s for not at all", Kind::readDuration);
  }

  /// Percent, with up to three digits behind the point.
  static Kind<Double> percentage() {
    return new Kind<>(
        "a percentage such as 0.3% or 5%, above 0% and at most 100%", Kind::readPercentage);
  }

  static Kind<Rate> rate() {
    return new Kind<>(Rate.EXPECTED, Rate::parse);
  }

  /// Within bounds, as `30s`.
  static Kind<Duration> duration(String expected, Duration least, Duration most) {
    return new Kind<>(
        expected,
        text ->
            readDuration(text)
                .filter(time -> time.compareTo(least) >= 0 && time.compareTo(most) <= 0));
  }

  static Kind<Boolean> yesOrNo() {
    return new Kind<>(
        "true or false",
        text ->
            text.equals("true") || text.equals("false")
                ? Optional.of(Boolean.valueOf(text))
                : Optional.empty());
  }

  /// One of an enum's names in lower case.
  static <E extends Enum<E>> Kind<E> oneOf(Class<E> values) {
    List<E> all = List.of(values.getEnumConstants());
    return new Kind<>(
        String.join(", ", all.stream().map(Kind::lower).toList()),
        text -> all.stream().filter(value -> lower(value).equals(text)).findFirst());
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static Kind<URI> webAddress() {
    return new Kind<>("http:// or https:// with a host and no path", Kind::readWebAddress);
  }

  private static Optional<Path> readPath(String text) {
    try {
      return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
    } catch (InvalidPathException wrong) {
      return Optional.empty();
    }
  }

  private static Optional<InetSocketAddress> readSocketAddress(String text, int leastPort) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (host.indexOf(':') >= 0 && !bracketed) {
      return Optional.empty();
    }
    return readDecimal(text.substring(colon + 1))
        .filter(p -> p.scale() == 0 && p.intValue() >= leastPort && p.intValue() <= 65_535)
        .flatMap(port ->
            readAddress(bracketed ? host.substring(1, host.length() - 1) : host)
                .map(address -> new InetSocketAddress(address, port.intValue())));
  }

  /// Literals only: a configuration must not hang on a name server.
  private static Optional<InetAddress> readAddress(String text) {
    boolean literal =
        !text.isEmpty()
            && text.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == '.' || c == ':')
            && (text.indexOf(':') >= 0 || text.chars().filter(c -> c == '.').count() == 3);
    if (!literal) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException wrong) {
      return Optional.empty();
    }
  }

  private static Optional<URI> readWebAddress(String text) {
    try {
      URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      String scheme = uri.getScheme();
      boolean web = "http".equals(scheme) || "https".equals(scheme);
      boolean bare = uri.getRawPath().isEmpty() && uri.getQuery() == null;
      return web && bare && uri.getHost() != null ? Optional.of(uri) : Optional.empty();
    } catch (IllegalArgumentException | NullPointerException wrong) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> readDuration(String text) {
    String unit = text.replaceFirst("^[0-9]+", "").strip();
    Duration one = TIME_UNITS.get(unit);
    if (one == null) {
      return Optional.empty();
    }
    return readDecimal(text.substring(0, text.length() - unit.length()).strip())
        .filter(n -> n.precision() <= 9)
        .map(n -> one.multipliedBy(n.longValue()));
  }

  private static Optional<Long> readSize(String text) {
    String unit = text.replaceFirst("^[0-9]+", "").strip();
    Long one = SIZE_UNITS.get(unit);
    if (one == null) {
      return Optional.empty();
    }
    return readDecimal(text.substring(0, text.length() - unit.length()).strip())
        .filter(n -> n.precision() <= 9)
        .map(n -> n.longValue() * one);
  }

  private static Optional<Double> readPercentage(String text) {
    int point = text.indexOf('.');
    String whole = text.endsWith("%") ? text.substring(0, text.length() - 1).strip() : "";
    String digits = point < 0 ? whole : whole.replaceFirst("\\.", "");
    int scale = point < 0 ? 0 : whole.length() - point - 1;
    return readDecimal(digits)
        .filter(_ -> scale <= 3)
        .map(number -> number.movePointLeft(scale).doubleValue())
        .filter(percent -> percent > 0 && percent <= 100);
  }

  private static Optional<BigDecimal> readDecimal(String text) {
    String digits = text.replace("_", "");
    boolean plain = !digits.isEmpty() && digits.length() <= 12;
    boolean numeric = digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return plain && numeric ? Optional.of(new BigDecimal(digits)) : Optional.empty();
  }
}
