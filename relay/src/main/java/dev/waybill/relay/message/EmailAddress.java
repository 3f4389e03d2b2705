package dev.waybill.relay.message;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/// A mailbox as the envelope names it: `local-part@domain` (RFC 5321 §4.1.2, RFC 6531 §3.3).
///
/// Immutable; any thread may use it. The local part is kept exactly as given (quotes included):
/// only the receiving host may interpret it. At most 64 octets before the at sign (RFC 5321
/// §4.5.3.1.1).
///
/// @param localPart a dot-atom or a quoted string, in UTF-8 where SMTPUTF8 was asked for
/// @param domain the domain in A-label form
public record EmailAddress(String localPart, DomainName domain) {
  private static final int MAX_LOCAL_PART = 64;

  public EmailAddress {
    Objects.requireNonNull(domain, "domain");
    if (!isDotString(localPart) && !isQuotedString(localPart)) {
      throw new IllegalArgumentException(
          "local part \"%s\" (expected: a dot-atom or quoted string of at most 64 octets)"
              .formatted(localPart));
    }
  }

  /// Reads `local-part@domain` without angle brackets, source route, comments or folding.
  ///
  /// @return empty when the text is not exactly one mailbox; address literals are not supported
  public static Optional<EmailAddress> parse(String text) {
    int at = text.lastIndexOf('@');
    if (at <= 0 || at == text.length() - 1) {
      return Optional.empty();
    }
    String local = text.substring(0, at);
    if (!isDotString(local) && !isQuotedString(local)) {
      return Optional.empty();
    }
    return DomainName.parse(text.substring(at + 1)).map(domain -> new EmailAddress(local, domain));
  }

  /// As [#parse], for addresses that the program itself is sure of.
  ///
  /// @throws IllegalArgumentException when the text is not one mailbox
  public static EmailAddress of(String text) {
    return parse(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "\"%s\" is not a mailbox (expected: name@example.com)".formatted(text)));
  }

  /// Whether the local part has characters beyond ASCII, so that the next hop must offer SMTPUTF8.
  public boolean needsSmtpUtf8() {
    return localPart.chars().anyMatch(c -> c >= 0x80);
  }

  @Override
  public String toString() {
    return localPart + "@" + domain;
  }

  private static boolean isDotString(String local) {
    if (local.isEmpty() || octets(local) > MAX_LOCAL_PART) {
      return false;
    }
    boolean lastWasDot = true;
    for (int i = 0; i < local.length(); i++) {
      char c = local.charAt(i);
      if (c == '.') {
        if (lastWasDot) {
          return false;
        }
        lastWasDot = true;
      } else if (isAtext(c)) {
        lastWasDot = false;
      } else {
        return false;
      }
    }
    return !lastWasDot;
  }

  /// RFC 5322 §3.2.3, widened by RFC 6532 §3.2; C1 controls stay out.
  private static boolean isAtext(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0
        || c >= 0xA0;
  }

  private static boolean isQuotedString(String local) {
    if (local.length() < 2
        || octets(local) > MAX_LOCAL_PART
        || local.charAt(0) != '"'
        || local.charAt(local.length() - 1) != '"') {
      return false;
    }
    for (int i = 1; i < local.length() - 1; i++) {
      char c = local.charAt(i);
      if (c == '\\') {
        i++;
        if (i == local.length() - 1 || local.charAt(i) < 0x20 || local.charAt(i) > 0x7E) {
          return false;
        }
      } else if (c == '"' || c < 0x20 || (c >= 0x7F && c < 0xA0)) {
        return false;
      }
    }
    return true;
  }

  private static int octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
