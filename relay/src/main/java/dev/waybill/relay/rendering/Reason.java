package dev.waybill.relay.rendering;

/// Why a range of bytes in a copy is not what was submitted. There are no other reasons.
public enum Reason {
  /// A signature stands before the message (RFC 6376).
  SIGNATURE_ADDED("signature_added", "DKIM signature added"),
  /// A header field was missing, or is the relay's own.
  FIELD_ADDED("field_added", "header field added"),
  /// An instruction of the application's to the relay, read and left out.
  CONTROL_FIELD_REMOVED("control_field_removed", "control field removed"),
  /// Who else gets the message is nobody's business (RFC 5322 §3.6.3).
  BCC_REMOVED("bcc_removed", "Bcc removed"),
  /// The last host writes that field (RFC 5321 §4.4).
  RETURN_PATH_REMOVED("return_path_removed", "Return-Path removed"),
  /// A link leads by way of the tracking host.
  LINK_COUNTED("link_counted", "link counted"),
  /// An image that tells of opens stands at the end of the HTML.
  PIXEL_ADDED("pixel_added", "open pixel added"),
  /// A link to unsubscribe stands at the end of marketing mail that had none.
  FOOTER_ADDED("footer_added", "unsubscribe footer added"),
  /// The application's placeholder became the address to unsubscribe.
  PLACEHOLDER_FILLED("placeholder_filled", "unsubscribe placeholder filled in"),
  /// A part in base64 had to be written anew from the first change in it on.
  PART_ENCODED_AGAIN("part_encoded_again", "part encoded again"),
  /// The last line did not end in a line break, as it must on the wire (RFC 5321 §4.1.1.4).
  LINE_BREAK_ADDED("line_break_added", "final line break added");

  private final String text;
  private final String sentence;

  Reason(String text, String sentence) {
    this.text = text;
    this.sentence = sentence;
  }

  /// The public name, such as `link_counted`.
  public String text() {
    return text;
  }

  /// For people: `link counted`.
  public String sentence() {
    return sentence;
  }
}
