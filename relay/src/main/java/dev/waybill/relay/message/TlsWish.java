package dev.waybill.relay.message;

import java.util.List;

/// What the sender of a message asked for about TLS on its way (RFC 8689). A value.
public enum TlsWish {
  /// Nothing: it goes as the recipient's domain and the sending domain want it.
  NONE(""),

  /// REQUIRETLS (§2): TLS with a valid certificate, to a host that is proven to be the right one
  /// and that passes the same on.
  REQUIRED("yes"),

  /// `TLS-Required: No` (§3): that it arrives matters more than what the recipient's domain
  /// demands.
  WAIVED("no");

  /// The header field that waives (§3).
  public static final String FIELD = "TLS-Required";

  private final String text;

  TlsWish(String text) {
    this.text = text;
  }

  /// As events and tables say it: `yes`, `no`, or nothing.
  public String text() {
    return text;
  }

  /// @param text what [#text] said
  /// @throws IllegalArgumentException when it never did
  public static TlsWish of(String text) {
    for (TlsWish wish : values()) {
      if (wish.text.equals(text)) {
        return wish;
      }
    }
    throw new IllegalArgumentException(
        "wish \"%s\" (expected: yes, no or nothing)".formatted(text));
  }

  /// What a submission asks for. Beside REQUIRETLS the field counts for nothing (§4.1), and so do
  /// another value, which has no meaning, and a second field, which must not be (§3).
  ///
  /// @param required whether MAIL said REQUIRETLS
  /// @param fields the values of the header field, as often as it is there
  public static TlsWish of(boolean required, List<String> fields) {
    if (required) {
      return REQUIRED;
    }
    return fields.size() == 1 && fields.getFirst().strip().equalsIgnoreCase("no") ? WAIVED : NONE;
  }
}
