package dev.waybill.relay.events;

import java.util.Optional;

/// Everything that can happen, under the names that users rely on.
public enum EventType {
  /// Accepted: the message and this recipient are on stable storage.
  EMAIL_SENT("email.sent"),
  /// Accepted for a later time.
  EMAIL_SCHEDULED("email.scheduled"),
  /// The recipient's host took responsibility for the copy.
  EMAIL_DELIVERED("email.delivered"),
  /// An attempt failed in a way that may pass, and the relay goes on trying: told when it is the
  /// first one, and again by the first that fails four hours after the message was due.
  EMAIL_DELIVERY_DELAYED("email.delivery_delayed"),
  /// The recipient's side refused the copy for good, at once or by a later report, or did not take
  /// it in the message's lifetime.
  EMAIL_BOUNCED("email.bounced"),
  /// The recipient reported the message as spam.
  EMAIL_COMPLAINED("email.complained"),
  /// The open pixel was fetched.
  EMAIL_OPENED("email.opened"),
  /// A tracked link was followed.
  EMAIL_CLICKED("email.clicked"),
  /// The relay gave up for a reason of its own. It is a name of the public vocabulary; a fault of
  /// ours holds mail instead, and never fails it.
  EMAIL_FAILED("email.failed"),
  /// No copy was made because the recipient is on a suppression list.
  EMAIL_SUPPRESSED("email.suppressed"),
  /// The application, an operator or a route took the message back before this recipient's copy was
  /// sent.
  EMAIL_CANCELLED("email.cancelled"),
  /// The recipient unsubscribed from a list, or from all lists of the domain.
  EMAIL_UNSUBSCRIBED("email.unsubscribed"),
  /// A letter to `dmarc@`, `postmaster@` or `abuse@` of a return-path domain came in and is kept.
  REPORT_RECEIVED("report.received"),
  /// A stream of a domain bounces or is complained about more than is good.
  STREAM_WARNED("stream.warned"),
  /// So much that its mail is held until somebody releases it.
  STREAM_HELD("stream.held"),
  /// Somebody released it.
  STREAM_RELEASED("stream.released"),
  /// A domain was registered.
  DOMAIN_CREATED("domain.created"),
  /// A domain's status, keys or settings changed.
  DOMAIN_UPDATED("domain.updated"),
  /// A domain was removed.
  DOMAIN_DELETED("domain.deleted"),
  /// A recipient was added to a suppression list.
  SUPPRESSION_ADDED("suppression.added"),
  /// A recipient was taken off a suppression list.
  SUPPRESSION_REMOVED("suppression.removed");

  private final String text;

  EventType(String text) {
    this.text = text;
  }

  /// Reads a public name such as `email.sent`.
  public static Optional<EventType> parse(String text) {
    for (EventType type : values()) {
      if (type.text.equals(text)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /// The public name.
  public String text() {
    return text;
  }
}
