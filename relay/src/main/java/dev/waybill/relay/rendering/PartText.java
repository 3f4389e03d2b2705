package dev.waybill.relay.rendering;

import dev.waybill.relay.message.MimeOutline.Leaf;
import java.util.List;
import java.util.Optional;

/// A text part with its transfer encoding taken off, and the way back from edits in the text to
/// edits in the encoded bytes.
///
/// Immutable; any thread may use it.
sealed interface PartText permits IdentityText, QuotedPrintableText, Base64Text {
  /// The longest encoded part that is edited; longer ones are passed on as they are.
  int MAX_ENCODED = 2 * 1024 * 1024;

  /// One character for each decoded octet, with that octet's value (ISO-8859-1), so that a place in
  /// the text is a place in the octets whatever the charset.
  String text();

  /// Whether its transfer encoding can carry octets above 127.
  boolean takesEightBit();

  /// Turns edits of [#text] into edits of the message.
  ///
  /// @param edits ascending, without overlap
  /// @param into where they are added, in order
  /// @return how many optional edits were left out
  int splice(List<TextEdit> edits, Edits into);

  /// Reads a part; empty when its encoding is unknown, broken, or laid out in a way that could not
  /// be kept.
  static Optional<PartText> read(byte[] message, Leaf leaf) {
    if (leaf.bodyEnd() - leaf.bodyStart() > MAX_ENCODED) {
      return Optional.empty();
    }
    return switch (leaf.transferEncoding()) {
      case "7bit", "8bit", "binary" -> Optional.of(IdentityText.of(message, leaf));
      case "quoted-printable" -> QuotedPrintableText.of(message, leaf).map(text -> text);
      case "base64" -> Base64Text.of(message, leaf).map(text -> text);
      default -> Optional.empty();
    };
  }
}
