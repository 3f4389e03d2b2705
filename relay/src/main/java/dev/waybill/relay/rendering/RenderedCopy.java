package dev.waybill.relay.rendering;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.AttemptOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// One recipient's copy, ready for the wire but for dot-stuffing.
///
/// @param returnPath the MAIL FROM
/// @param recipient the RCPT TO
/// @param bytes the whole message, signed; every line ends in CR LF; must not be changed
/// @param eightBit whether it has octets above 127 in a body
/// @param smtpUtf8 whether the next hop must offer SMTPUTF8 (RFC 6531): the recipient's local part
///   has characters beyond ASCII, or the submission asked for SMTPUTF8 and a header field has them;
///   raw 8-bit header fields of a submission that did not ask are passed on as they came
/// @param requireTls whether it may only go over TLS with a valid certificate
/// @param untracked why opens or clicks that were to be counted are not, or not all; empty where
///   they are or were not to be
/// @param imprint by which the same copy is known again
public record RenderedCopy(
    EmailAddress returnPath,
    EmailAddress recipient,
    byte[] bytes,
    boolean eightBit,
    boolean smtpUtf8,
    boolean requireTls,
    Set<Untracked> untracked,
    Imprint imprint) {
  public RenderedCopy {
    Objects.requireNonNull(returnPath, "returnPath");
    Objects.requireNonNull(recipient, "recipient");
    Objects.requireNonNull(bytes, "bytes");
    untracked = Set.copyOf(untracked);
  }

  /// By what a copy that is made again is known to be the same.
  ///
  /// @param digest of its bytes before signing
  /// @param signedAt the time in its signatures
  /// @param selectors of its signatures, in their order
  public record Imprint(String digest, Instant signedAt, List<String> selectors) {
    public Imprint {
      selectors = List.copyOf(selectors);
    }
  }

  /// What goes into the event of its delivery.
  public AttemptOutcome.Copy remembered() {
    return new AttemptOutcome.Copy(
        untrackedText(), imprint.digest(), imprint.signedAt(), imprint.selectors());
  }

  /// The reasons in their order, such as `signed, charset`; empty for none.
  public String untrackedText() {
    return untracked.stream().sorted().map(Untracked::text).collect(Collectors.joining(", "));
  }
}
