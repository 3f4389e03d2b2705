package dev.waybill.relay.rendering;

/// Why opens or clicks that were to be counted are not, or not all.
public enum Untracked {
  /// A part is signed, or vouched for by a digest: any change would break it.
  SIGNED("signed"),
  /// A part is encrypted.
  ENCRYPTED("encrypted"),
  /// Markup cannot be found among a part's octets: ISO-2022, UTF-16, or a charset unknown here.
  CHARSET("charset"),
  /// A part's transfer encoding is unknown, broken, or laid out in a way that could not be kept.
  ENCODING("encoding"),
  /// Where a part begins and ends, or where its visible text ends, cannot be told with certainty.
  STRUCTURE("structure"),
  /// A part is larger than [PartText#MAX_ENCODED].
  TOO_LARGE("too large"),
  /// A link stands in a line that would become too long for SMTP (RFC 5321 §4.5.3.1.6).
  LONG_LINES("long lines"),
  /// There is no HTML to look into.
  NO_HTML("no html");

  private final String text;

  Untracked(String text) {
    this.text = text;
  }

  /// As it stands in events.
  public String text() {
    return text;
  }
}
