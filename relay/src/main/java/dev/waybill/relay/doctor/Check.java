package dev.waybill.relay.doctor;

import java.util.Locale;

/// What is looked at, in the order in which it is told.
public enum Check {
  /// May the domain send at all?
  DOMAIN,
  /// Which addresses does mail leave from?
  SOURCE,
  /// Do these addresses have a name that leads back to them?
  PTR,
  /// Is the name in EHLO one that receivers believe?
  HELO,
  /// Can this host reach other mail hosts?
  OUTBOUND,
  /// Is the time right?
  CLOCK,
  /// Does the return path's SPF policy cover the addresses?
  SPF,
  /// Are the signing keys published?
  DKIM,
  /// Is there a policy, and is the mail aligned?
  DMARC,
  /// Do bounces come here?
  RETURN_PATH,
  /// Does the feedback door answer where they come?
  FEEDBACK,
  /// Do links lead here?
  TRACKING,
  /// Is our own certificate one that clients trust?
  CERTIFICATE,
  /// Can recipients unsubscribe with one click?
  ONE_CLICK;

  /// The public name, such as `return_path`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
