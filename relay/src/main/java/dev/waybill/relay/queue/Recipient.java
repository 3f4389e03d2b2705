package dev.waybill.relay.queue;

import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One RCPT TO of a message that is being accepted.
///
/// @param address the mailbox as given
/// @param suppressedFor why no copy may be sent (`bounce`, `complaint`, `unsubscribe`, `manual`);
///   null when one may
/// @param dsn what the application wants to hear of it
public record Recipient(EmailAddress address, @Nullable String suppressedFor, DsnParameters dsn) {
  public Recipient {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(dsn, "dsn");
  }
}
