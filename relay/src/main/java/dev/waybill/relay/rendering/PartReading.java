package dev.waybill.relay.rendering;

import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.MimeOutline.Leaf;
import java.util.Optional;

/// What comes of looking at one part of a message.
sealed interface PartReading {
  /// Visible text in which something may be changed.
  record Editable(TextPart part) implements PartReading {}

  /// A part that is passed on as it is.
  ///
  /// @param why what keeps its HTML from being counted; empty where there is none to count
  record LeftAlone(Optional<Untracked> why) implements PartReading {}

  /// Reads a part that nothing may be changed in.
  static PartReading sealed(byte[] message, Leaf leaf) {
    return new LeftAlone(
        switch (leaf.mediaType()) {
          case "multipart/signed", "text/html" -> Optional.of(Untracked.SIGNED);
          case "multipart/encrypted" -> Optional.of(Untracked.ENCRYPTED);
          case "application/pkcs7-mime", "application/x-pkcs7-mime" ->
              Optional.of(
                  HeaderBlock.parse(message, leaf.headerStart(), leaf.bodyEnd())
                          .value("Content-Type")
                          .filter(type -> type.contains("signed"))
                          .isPresent()
                      ? Untracked.SIGNED
                      : Untracked.ENCRYPTED);
          case String type when type.isEmpty() || type.startsWith("multipart/") ->
              Optional.of(Untracked.STRUCTURE);
          default -> Optional.empty();
        });
  }

  /// A visible part that could be read but must not be edited.
  static PartReading leftAlone(Leaf leaf, Untracked why) {
    return new LeftAlone(
        leaf.mediaType().equals("text/html") ? Optional.of(why) : Optional.empty());
  }
}
