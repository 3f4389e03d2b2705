package dev.waybill.relay.rendering;

import java.util.Objects;

/// A change in a part's decoded text.
///
/// @param from the first character replaced
/// @param to behind the last character replaced; equal to `from` for an insertion
/// @param replacement one character for each octet of the part's charset
/// @param reason what it is for
/// @param optional whether it may be left out where a line would become too long for SMTP
record TextEdit(int from, int to, String replacement, Reason reason, boolean optional) {
  TextEdit {
    Objects.requireNonNull(replacement, "replacement");
  }
}
