package dev.waybill.relay.report;

import java.util.List;
import java.util.Objects;

/// A part of a message that is no multipart, such as a file that came with it, its transfer
/// encoding undone.
///
/// @param mediaType in lower case, as the message claims
/// @param content where the encoding breaks off, what was readable before; not to be changed
public record Attachment(String mediaType, byte[] content) {
  private static final int MOST = 10;

  public Attachment {
    Objects.requireNonNull(mediaType, "mediaType");
    Objects.requireNonNull(content, "content");
  }

  /// The first ten parts of a message in their order; a message without any is one itself.
  ///
  /// @param most octets of each; the message itself is to be of bounded length
  public static List<Attachment> of(byte[] message, int most) {
    return Part.of(message).stream()
        .limit(MOST)
        .map(part -> new Attachment(part.mediaType(), part.content(most)))
        .toList();
  }
}
