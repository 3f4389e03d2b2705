package dev.waybill.relay.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What stood in the way of a message, in the words that events and metrics use.
public enum BounceClass {
  /// There is no such mailbox, or it was closed.
  BAD_MAILBOX,
  /// The recipient's domain does not exist, or takes no mail at all.
  BAD_DOMAIN,
  /// The mailbox or its host has no room.
  FULL,
  /// A rule of the receiving side: authentication, TLS, who may write to whom.
  POLICY,
  /// The sending address or domain has a bad name.
  REPUTATION,
  /// The message itself: spam, virus, a link, an attachment, its size.
  CONTENT,
  /// Too much mail in too short a time.
  THROTTLED,
  /// Hosts did not reach each other, names did not resolve, the time ran out.
  NETWORK,
  /// Two hosts did not understand each other, or mail went in circles.
  PROTOCOL,
  /// Nothing that is understood with certainty.
  UNKNOWN;

  /// The public name, such as `bad_mailbox`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<BounceClass> parse(String text) {
    return Arrays.stream(values()).filter(each -> each.text().equals(text)).findFirst();
  }
}
