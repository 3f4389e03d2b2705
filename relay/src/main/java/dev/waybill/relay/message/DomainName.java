package dev.waybill.relay.message;

import java.net.IDN;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// A host or mail domain in its one canonical form: lower-case A-labels without a trailing dot.
///
/// Immutable; any thread may use it. At least one label, each of 1 to 63 letters, digits, hyphens
/// or underscores (`_dmarc`), at most 253 octets in all (RFC 1035 §2.3.4, RFC 5890 §2.3.2.1).
///
/// @param value the canonical text, such as `xn--bcher-kva.example`
public record DomainName(String value) {
  private static final int MAX_LENGTH = 253;
  private static final int MAX_LABEL = 63;

  public DomainName {
    Objects.requireNonNull(value, "value");
    if (!isCanonical(value)) {
      throw new IllegalArgumentException(
          "domain name \"%s\" (expected: lower-case A-labels such as mail.example.com)"
              .formatted(value));
    }
  }

  /// Reads a name as people write it: any case, U-labels, a trailing dot.
  ///
  /// @return empty when the text is no domain name (an address literal, an empty or over-long
  ///   label)
  public static Optional<DomainName> parse(String text) {
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (name.isEmpty() || name.length() > 4 * MAX_LENGTH) {
      return Optional.empty();
    }
    String ascii;
    try {
      ascii = isAscii(name) ? name : IDN.toASCII(name, IDN.USE_STD3_ASCII_RULES);
    } catch (IllegalArgumentException notADomain) {
      return Optional.empty();
    }
    String canonical = ascii.toLowerCase(Locale.ROOT);
    return isCanonical(canonical) ? Optional.of(new DomainName(canonical)) : Optional.empty();
  }

  /// As [#parse], for names that the program itself is sure of.
  ///
  /// @throws IllegalArgumentException when the text is no domain name
  public static DomainName of(String text) {
    return parse(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "\"%s\" is not a domain name (expected: a name such as mail.example.com)"
                    .formatted(text)));
  }

  /// The name without its first label; empty for a single label.
  public Optional<DomainName> parent() {
    int dot = value.indexOf('.');
    return dot < 0 ? Optional.empty() : Optional.of(new DomainName(value.substring(dot + 1)));
  }

  /// This name below a new first label or labels: `example.com` with `send` is `send.example.com`.
  public DomainName child(String labels) {
    return DomainName.of(labels + "." + value);
  }

  /// Whether this is the other name or lies below it at a label boundary.
  public boolean isWithin(DomainName other) {
    return value.equals(other.value)
        || (value.length() > other.value.length()
            && value.endsWith(other.value)
            && value.charAt(value.length() - other.value.length() - 1) == '.');
  }

  @Override
  public String toString() {
    return value;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static boolean isCanonical(String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH) {
      return false;
    }
    int label = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '.') {
        if (label == 0 || label > MAX_LABEL || name.charAt(i - 1) == '-') {
          return false;
        }
        label = 0;
      } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') {
        label++;
      } else if (c == '-' && label > 0) {
        label++;
      } else {
        return false;
      }
    }
    return label > 0 && label <= MAX_LABEL && name.charAt(name.length() - 1) != '-';
  }
}
