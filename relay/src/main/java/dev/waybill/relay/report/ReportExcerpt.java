package dev.waybill.relay.report;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Cuts a report to a bounded length so that what matters stays: its header and its
/// machine-readable part. Stateless; any thread may call it.
public final class ReportExcerpt {
  private static final int LOOK_AT = 256 * 1024;
  private static final Set<String> MATTERS =
      Set.of(
          "message/delivery-status", "message/global-delivery-status", "message/feedback-report");

  private ReportExcerpt() {}

  /// The whole message where it fits; else its beginning, with the text for people left out where
  /// it would push the machine-readable part out of sight.
  ///
  /// @param most octets, at least 1,024
  public static byte[] of(byte[] message, int most) {
    if (message.length <= most) {
      return message;
    }
    List<Part> parts =
        Part.of(message.length > LOOK_AT ? Arrays.copyOf(message, LOOK_AT) : message);
    for (Part part : parts) {
      int header = parts.getFirst().start();
      if (MATTERS.contains(part.mediaType()) && part.end() > most && header < most / 2) {
        return joined(message, header, part.start(), most);
      }
    }
    return Arrays.copyOf(message, most);
  }

  /// What stands before the first part, its boundary included, and what begins with the part.
  private static byte[] joined(byte[] message, int header, int from, int most) {
    int length = Math.min(most - header, message.length - from);
    byte[] excerpt = Arrays.copyOf(message, header + length);
    System.arraycopy(message, from, excerpt, header, length);
    return excerpt;
  }
}
