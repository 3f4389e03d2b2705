package dev.waybill.relay.report.aggregate;

import java.util.Locale;

/// What a receiver did with mail because of the domain's policy.
public enum Disposition {
  /// Nothing: it passed, the policy asks for nothing, or the receiver knew better.
  NONE,
  QUARANTINE,
  REJECT;

  /// As reports write it, such as `quarantine`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// RFC 9990 writes `pass` where RFC 7489 wrote `none`. Whatever else is written, nothing is known
  /// to have been done.
  static Disposition of(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "quarantine" -> QUARANTINE;
      case "reject" -> REJECT;
      default -> NONE;
    };
  }
}
