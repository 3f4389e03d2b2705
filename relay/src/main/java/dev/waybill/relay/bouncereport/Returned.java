package dev.waybill.relay.bouncereport;

import dev.waybill.relay.message.HeaderBlock;
import java.io.ByteArrayOutputStream;

/// The last part of a report: the message itself, or its header (RFC 6522 §3). A value; any thread
/// may use it, and nobody may change the octets.
///
/// @param type its media type
/// @param encoding its Content-Transfer-Encoding
/// @param octets as they stand in the report, ended by CR LF
record Returned(String type, String encoding, byte[] octets) {
  /// What is longer comes back as its header only, whatever was asked for.
  private static final int MOST_WHOLE = 256 * 1024;

  private static final int MOST_HEADER = 32 * 1024;

  /// @param wanted whether all of it is to come back; its header is what does where the sender said
  ///   nothing (RFC 3461 §4.3 leaves that to us)
  static Returned of(byte[] message, boolean wanted) {
    HeaderBlock block = HeaderBlock.parse(message);
    byte[] header = header(message, block);
    boolean ascii = isAscii(header);
    boolean whole = wanted && message.length <= MOST_WHOLE;
    byte[] octets = whole ? message : header;
    // RFC 6533 §5: UTF-8 header fields have types of their own; readers decode no message/* part
    String type =
        whole
            ? (ascii ? "message/rfc822" : "message/global")
            : (ascii ? "text/rfc822-headers" : "message/global-headers");
    return new Returned(type, isAscii(octets) ? "7bit" : "8bit", octets);
  }

  boolean eightBit() {
    return encoding.equals("8bit");
  }

  /// Whole fields, without Bcc: a report may be passed on.
  private static byte[] header(byte[] message, HeaderBlock block) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    for (HeaderBlock.Field field : block.fields()) {
      int length = field.end() - field.start();
      if (!field.name().equalsIgnoreCase("Bcc") && header.size() + length <= MOST_HEADER) {
        header.write(message, field.start(), length);
      }
    }
    return header.toByteArray();
  }

  private static boolean isAscii(byte[] octets) {
    for (byte octet : octets) {
      if (octet < 0) {
        return false;
      }
    }
    return true;
  }
}
