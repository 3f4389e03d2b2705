package dev.waybill.relay.rendering;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One recipient's copy, ready for the wire but for dot-stuffing.
///
/// @param returnPath the MAIL FROM; null for the null sender
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
    @Nullable EmailAddress returnPath,
    EmailAddress recipient,
    byte[] bytes,
    boolean eightBit,
    boolean smtpUtf8,
    boolean requireTls,
    Set<Untracked> untracked,
    Imprint imprint) {
  public RenderedCopy {
    Objects.requireNonNull(recipient, "recipient");
    Objects.requireNonNull(bytes, "bytes");
    untracked = Set.copyOf(untracked);
  }

  /// What a host takes.
  ///
  /// @param eightBitMime whether it offers 8BITMIME (RFC 6152)
  /// @param smtpUtf8 whether it offers SMTPUTF8 (RFC 6531)
  public record Host(boolean eightBitMime, boolean smtpUtf8) {
    /// One that takes every copy as it is.
    public static final Host ANY = new Host(true, true);
  }

  /// Makes copies. Any thread may call it.
  @FunctionalInterface
  public interface Maker {
    /// @param host whom the copy is for
    RenderedCopy make(ReadyDelivery delivery, Host host);
  }

  /// What was written otherwise because a host does not take it as it was.
  public enum Conversion {
    /// Bodies, for want of 8BITMIME.
    BODY("8bitmime"),
    /// Header fields, for want of SMTPUTF8.
    HEADER("smtputf8");

    private final String text;

    Conversion(String text) {
      this.text = text;
    }
  }

  /// By what a copy that is made again is known to be the same.
  ///
  /// @param digest of its bytes before they were converted and signed
  /// @param signedAt the time in its signatures
  /// @param selectors of its signatures, in their order
  /// @param converted for want of what
  public record Imprint(
      String digest, Instant signedAt, List<String> selectors, Set<Conversion> converted) {
    /// Of a copy that is as it was made.
    public Imprint(String digest, Instant signedAt, List<String> selectors) {
      this(digest, signedAt, selectors, Set.of());
    }

    public Imprint {
      selectors = List.copyOf(selectors);
      converted = Set.copyOf(converted);
    }

    private String convertedText() {
      return converted.stream()
          .sorted()
          .map(conversion -> conversion.text)
          .collect(Collectors.joining(" "));
    }
  }

  /// Whether a host takes it as it is.
  public boolean suits(Host host) {
    return (host.eightBitMime() || !eightBit) && (host.smtpUtf8() || !smtpUtf8);
  }

  /// What goes into the event of its delivery.
  public AttemptOutcome.Copy remembered() {
    return new AttemptOutcome.Copy(
        untrackedText(),
        imprint.digest(),
        imprint.signedAt(),
        imprint.selectors(),
        imprint.convertedText());
  }

  /// The reasons in their order, such as `signed, charset`; empty for none.
  public String untrackedText() {
    return untracked.stream().sorted().map(Untracked::text).collect(Collectors.joining(", "));
  }
}
