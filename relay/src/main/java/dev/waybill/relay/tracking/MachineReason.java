package dev.waybill.relay.tracking;

import java.util.Locale;
import java.util.Optional;

/// Why an open or a click is taken for a machine's; the event tells it as `machine_reason`.
enum MachineReason {
  /// The request was HEAD: whoever looks wants the content.
  HEAD,
  /// The request itself says that it fetches ahead.
  PREFETCH,
  /// The copy was still on its way to its host, or had arrived less than two seconds ago.
  EARLY,
  /// No program that shows mail hides its name.
  NO_USER_AGENT,
  /// Apple's mail privacy protection fetches all pictures, read or not, and names itself
  /// `Mozilla/5.0` and nothing more.
  APPLE_PRIVACY_PROXY,
  /// Gmail's picture proxy.
  GMAIL_IMAGE_PROXY,
  /// Another mailbox provider's proxy or preview.
  IMAGE_PROXY,
  /// A mail security gateway.
  SCANNER,
  /// A search engine, a link preview, a bot.
  CRAWLER,
  /// A programming library or a command line tool.
  PROGRAM,
  /// One link of the message after the other, within seconds.
  LINK_SWEEP;

  /// The public name, such as `link_sweep`.
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The reason of a public name.
  static Optional<MachineReason> parse(String text) {
    for (MachineReason reason : values()) {
      if (reason.text().equals(text)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }
}
