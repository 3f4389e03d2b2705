package dev.waybill.relay.dns;

import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One directive of an SPF policy (RFC 7208 §4.6.1, §5), or its `redirect` (§6.1). A value.
///
/// @param text as published
/// @param qualifier `+`, `-`, `~` or `?`
/// @param target the domain it names; empty where it names none
/// @param network of `ip4` and `ip6`
/// @param prefixFour of `a` and `mx`, for IPv4 addresses
/// @param prefixSix of `a` and `mx`, for IPv6 addresses
record SpfTerm(
    String text,
    char qualifier,
    Mechanism mechanism,
    String target,
    @Nullable SpfNetwork network,
    int prefixFour,
    int prefixSix) {
  /// The names of mechanisms, which people also write as modifiers by mistake.
  static final List<String> NAMES = List.of("all", "include", "a", "mx", "ptr", "ip4", "ip6");

  private static final Pattern MACROS =
      Pattern.compile("(?:[!-$&-~]|%%|%_|%-|%\\{[a-zA-Z][0-9]*[rR]?[.\\-+,/_=]*})+");
  private static final int MAX_DOMAIN = 500;
  private static final int FOUR = 32;
  private static final int SIX = 128;

  /// What a term does.
  enum Mechanism {
    ALL,
    INCLUDE,
    A,
    MX,
    PTR,
    IP4,
    IP6,
    EXISTS,
    REDIRECT;

    /// Whether a receiver needs the DNS for it (RFC 7208 §4.6.4).
    boolean needsLookup() {
      return switch (this) {
        case ALL, IP4, IP6 -> false;
        case INCLUDE, A, MX, PTR, EXISTS, REDIRECT -> true;
      };
    }
  }

  /// What reading a term gave: the term, or why it is none.
  sealed interface Read {
    record Term(SpfTerm term) implements Read {}

    record Malformed(String problem) implements Read {}
  }

  /// Reads a directive.
  static Read directive(String text) {
    boolean qualified = "+-~?".indexOf(text.charAt(0)) >= 0;
    char qualifier = qualified ? text.charAt(0) : '+';
    String bare = qualified ? text.substring(1) : text;
    int end = 0;
    while (end < bare.length() && bare.charAt(end) != ':' && bare.charAt(end) != '/') {
      end++;
    }
    String name = bare.substring(0, end).toLowerCase(Locale.ROOT);
    String rest = bare.substring(end);
    SpfTerm plain = new SpfTerm(text, qualifier, Mechanism.ALL, "", null, FOUR, SIX);
    return switch (name) {
      case "all" -> rest.isEmpty() ? new Read.Term(plain) : malformed("\"all\" takes no value");
      case "include" -> plain.named(Mechanism.INCLUDE, rest, true);
      case "exists" -> plain.named(Mechanism.EXISTS, rest, true);
      case "ptr" -> plain.named(Mechanism.PTR, rest, false);
      case "a" -> plain.hosts(Mechanism.A, rest);
      case "mx" -> plain.hosts(Mechanism.MX, rest);
      case "ip4" -> plain.network(Mechanism.IP4, rest);
      case "ip6" -> plain.network(Mechanism.IP6, rest);
      default -> malformed("there is no mechanism of this name");
    };
  }

  /// Reads the value of a `redirect` modifier.
  static Read redirect(String text, String value) {
    return new SpfTerm(text, '+', Mechanism.REDIRECT, "", null, FOUR, SIX)
        .named(Mechanism.REDIRECT, ":" + value, true);
  }

  /// Whether the target can be known only for a given message (RFC 7208 §7).
  boolean hasMacro() {
    return target.indexOf('%') >= 0;
  }

  /// The term without its qualifier.
  String bare() {
    return "+-~?".indexOf(text.charAt(0)) >= 0 ? text.substring(1) : text;
  }

  /// The name it speaks of: its target, or else the policy's own domain. Only where it has no
  /// macro.
  DomainName nameOr(DomainName own) {
    return target.isEmpty() ? own : DomainName.of(target);
  }

  /// The network of an address under the term's prefix lengths.
  SpfNetwork around(InetAddress address) {
    SpfNetwork exact = SpfNetwork.of(address);
    return new SpfNetwork(address, exact.isFour() ? prefixFour : prefixSix);
  }

  private Read named(Mechanism kind, String rest, boolean required) {
    if (rest.isEmpty() && !required) {
      return new Read.Term(new SpfTerm(text, qualifier, kind, "", null, FOUR, SIX));
    }
    String domain = rest.startsWith(":") ? rest.substring(1) : "";
    return domainProblem(domain)
        .<Read>map(Read.Malformed::new)
        .orElseGet(() ->
            new Read.Term(new SpfTerm(text, qualifier, kind, lower(domain), null, FOUR, SIX)));
  }

  private Read hosts(Mechanism kind, String rest) {
    int slash = cidr(rest);
    String domain = rest.substring(0, slash);
    String[] lengths = rest.substring(slash).split("//", 2);
    int four = lengths[0].isEmpty() ? FOUR : SpfNetwork.prefix(lengths[0].substring(1), FOUR);
    int six = lengths.length == 1 ? SIX : SpfNetwork.prefix(lengths[1], SIX);
    if (four < 0 || six < 0) {
      return malformed("its prefix length is none (expected: /0 to /32, //0 to //128)");
    }
    Read read = domain.isEmpty() ? new Read.Term(this) : named(kind, domain, true);
    return read instanceof Read.Term(SpfTerm term)
        ? new Read.Term(new SpfTerm(text, qualifier, kind, term.target(), null, four, six))
        : read;
  }

  /// Where the prefix lengths begin; a slash within a macro is none of theirs.
  private static int cidr(String rest) {
    int slash = rest.indexOf('/', rest.lastIndexOf('}') + 1);
    return slash < 0 ? rest.length() : slash;
  }

  private Read network(Mechanism kind, String rest) {
    Optional<SpfNetwork> network =
        rest.startsWith(":") ? SpfNetwork.parse(rest.substring(1)) : Optional.empty();
    boolean four = kind == Mechanism.IP4;
    return network.isPresent() && network.get().isFour() == four
        ? new Read.Term(new SpfTerm(text, qualifier, kind, "", network.get(), FOUR, SIX))
        : malformed(
            four
                ? "it holds no IPv4 address (expected: ip4:192.0.2.1 or ip4:192.0.2.0/24)"
                : "it holds no IPv6 address (expected: ip6:2001:db8::1 or ip6:2001:db8::/32)");
  }

  /// What keeps a text from being a `domain-spec` (RFC 7208 §7.1).
  private static Optional<String> domainProblem(String domain) {
    if (domain.isEmpty()) {
      return Optional.of("it names no domain");
    }
    if (domain.length() > MAX_DOMAIN) {
      return Optional.of("it is longer than %d characters".formatted(MAX_DOMAIN));
    }
    if (!MACROS.matcher(domain).matches()) {
      return Optional.of("it holds an unreadable macro");
    }
    if (domain.indexOf('%') >= 0) {
      return Optional.empty();
    }
    if (SpfNetwork.parse(domain).isPresent()) {
      return Optional.of("it holds an address; that stands in ip4: or ip6:");
    }
    Optional<DomainName> name = DomainName.parse(domain);
    return name.isPresent() && name.get().parent().isPresent()
        ? Optional.empty()
        : Optional.of("it holds no full domain name");
  }

  private static String lower(String domain) {
    return domain.indexOf('%') >= 0 ? domain : DomainName.of(domain).value();
  }

  private static Read malformed(String problem) {
    return new Read.Malformed(problem);
  }
}
