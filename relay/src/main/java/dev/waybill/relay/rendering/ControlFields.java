package dev.waybill.relay.rendering;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which submitted header fields never leave the relay.
///
/// Pure; any thread may use it. The application's instructions have been read by then; Bcc (RFC
/// 5322 §3.6.3) is for nobody else's eyes; Return-Path (RFC 5321 §4.4) is the last host's to write.
final class ControlFields {
  private static final Set<String> NAMES =
      Set.of(
          "bcc",
          "resent-bcc",
          "return-path",
          "x-pm-message-stream",
          "x-pm-tag",
          "x-pm-trackopens",
          "x-pm-track-opens",
          "x-pm-tracklinks",
          "x-pm-track-links",
          "x-ses-message-tags",
          "x-ses-configuration-set",
          "x-mt-category",
          "x-mt-custom-variables",
          "resend-idempotency-key",
          "x-smtpapi",
          "x-msys-api");

  private ControlFields() {}

  /// Why a field of that name is left out of every copy; empty for one that stays.
  static Optional<Reason> removal(String name) {
    if (!isRemoved(name)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (name.toLowerCase(Locale.ROOT)) {
          case "bcc", "resent-bcc" -> Reason.BCC_REMOVED;
          case "return-path" -> Reason.RETURN_PATH_REMOVED;
          case String _ -> Reason.CONTROL_FIELD_REMOVED;
        });
  }

  private static boolean isRemoved(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return NAMES.contains(lower)
        || lower.startsWith("x-waybill-")
        || lower.startsWith("x-pm-metadata-")
        || lower.startsWith("x-mailgun-");
  }
}
