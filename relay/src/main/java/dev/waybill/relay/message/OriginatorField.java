package dev.waybill.relay.message;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Who a message says it is from: the From or Sender field, read so strictly that no two readers
/// can disagree about the answer (RFC 5322 §3.6.2, RFC 6854 left out on purpose).
///
/// Stateless; any thread may call it. What RFC 5322 allows but parsers read differently is refused:
/// groups, source routes, address literals, blanks and comments inside an address, nested comments
/// or such with special characters, angle brackets in a quoted name, encoded words in an address.
public final class OriginatorField {
  /// What the field says.
  public sealed interface Result {}

  /// Exactly one field with exactly one mailbox.
  public record OneMailbox(EmailAddress address) implements Result {}

  /// Exactly one field with several mailboxes, which RFC 5322 allows together with a Sender field.
  public record SeveralMailboxes(List<EmailAddress> addresses) implements Result {
    public SeveralMailboxes {
      addresses = List.copyOf(addresses);
      if (addresses.size() < 2) {
        throw new IllegalArgumentException(
            "%d mailboxes (expected: 2 or more)".formatted(addresses.size()));
      }
    }
  }

  /// There is no such field.
  public record Missing() implements Result {}

  /// There are several such fields.
  public record SeveralFields(int count) implements Result {}

  /// The field is not a list of plain mailboxes.
  ///
  /// @param why what was found and what was expected, as half a sentence
  public record Unreadable(String why) implements Result {}

  private static final int MAX_OCTETS = 4_096;

  private OriginatorField() {}

  /// Reads the one field of that name.
  ///
  /// @param message the bytes that `header` was parsed from
  /// @param name `From` or `Sender`
  /// @param smtpUtf8 whether the message came with SMTPUTF8, so that octets above 127 may occur
  public static Result read(byte[] message, HeaderBlock header, String name, boolean smtpUtf8) {
    List<HeaderBlock.Field> fields = header.all(name);
    if (fields.isEmpty()) {
      return new Missing();
    }
    if (fields.size() > 1) {
      return new SeveralFields(fields.size());
    }
    HeaderBlock.Field field = fields.getFirst();
    if (field.start() + field.name().length() != field.colon()) {
      return new Unreadable("a blank before the colon");
    }
    int from = field.colon() + 1;
    int length = field.end() - from;
    if (length > MAX_OCTETS) {
      return new Unreadable("%d octets (expected: at most %d)".formatted(length, MAX_OCTETS));
    }
    try {
      String value = unfold(message, from, field.end(), smtpUtf8);
      EncodedWords.refuseDeceptive(value);
      List<EmailAddress> mailboxes = new MailboxListReader(value).read();
      return mailboxes.size() == 1
          ? new OneMailbox(mailboxes.getFirst())
          : new SeveralMailboxes(mailboxes);
    } catch (UnreadableMailbox unreadable) {
      return new Unreadable(unreadable.why());
    }
  }

  /// Takes the folds out (RFC 5322 §2.2.3) and lets nothing pass that could end a line elsewhere.
  private static String unfold(byte[] message, int from, int end, boolean smtpUtf8)
      throws UnreadableMailbox {
    int length = end;
    if (length - from >= 2 && message[length - 2] == '\r' && message[length - 1] == '\n') {
      length -= 2;
    }
    byte[] value = new byte[length - from];
    int used = 0;
    boolean lineIsBlank = false;
    for (int i = from; i < length; i++) {
      byte b = message[i];
      if (b == '\r' || b == '\n') {
        if (b == '\n' || i + 2 >= length || message[i + 1] != '\n' || !isBlank(message[i + 2])) {
          throw new UnreadableMailbox("a line end that is no fold");
        }
        if (lineIsBlank) {
          throw new UnreadableMailbox("a folded line of blanks only");
        }
        lineIsBlank = true;
        i++;
        continue;
      }
      if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7F) {
        throw new UnreadableMailbox("a control character (%d)".formatted(b));
      }
      if (b < 0 && !smtpUtf8) {
        throw new UnreadableMailbox("an octet above 127 (expected: ASCII unless SMTPUTF8)");
      }
      lineIsBlank &= isBlank(b);
      value[used++] = b;
    }
    if (lineIsBlank) {
      throw new UnreadableMailbox("a folded line of blanks only");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value, 0, used)).toString();
    } catch (CharacterCodingException notUtf8) {
      throw new UnreadableMailbox("octets that are not UTF-8");
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
