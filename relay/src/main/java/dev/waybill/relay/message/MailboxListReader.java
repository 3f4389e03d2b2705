package dev.waybill.relay.message;

import java.net.IDN;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Reads a list of mailboxes by the narrow grammar that [OriginatorField] promises. Confined to one
/// thread; used once.
///
/// ```
/// list         = mailbox *( "," mailbox )
/// mailbox      = addr-spec / [ phrase ] "<" addr-spec ">"     blanks and plain comments around
/// it phrase       = 1*( atom / dot / quoted-string )             the dot as in: John Q. Public
/// addr-spec    = ( dot-atom / quoted-string ) "@" domain      nothing in between
/// ```
final class MailboxListReader {
  private static final int MAX_MAILBOXES = 100;
  private static final String ATEXT_SPECIALS = "!#$%&'*+-/=?^_`{|}~";

  private final String text;
  private int position;

  /// @param text the unfolded field value without controls other than the tab
  MailboxListReader(String text) {
    this.text = text;
  }

  /// @return at least one mailbox
  List<EmailAddress> read() throws UnreadableMailbox {
    List<EmailAddress> mailboxes = new ArrayList<>();
    while (true) {
      skipBlanksAndComments();
      if (atEnd()) {
        throw new UnreadableMailbox("no address (expected: name@example.com)");
      }
      mailboxes.add(mailbox());
      skipBlanksAndComments();
      if (atEnd()) {
        return mailboxes;
      }
      if (peek() != ',') {
        throw new UnreadableMailbox("%s behind the address".formatted(shown(peek())));
      }
      position++;
      if (mailboxes.size() == MAX_MAILBOXES) {
        throw new UnreadableMailbox("more than %d addresses".formatted(MAX_MAILBOXES));
      }
    }
  }

  private EmailAddress mailbox() throws UnreadableMailbox {
    int start = position;
    if (peek() != '<') {
      skipWord();
      if (!atEnd() && peek() == '@') {
        return addressFrom(start);
      }
      skipRestOfPhrase();
    }
    position++;
    if (!atEnd() && peek() == '@') {
      throw new UnreadableMailbox("a source route (expected: <name@example.com>)");
    }
    int address = position;
    skipWord();
    if (atEnd() || peek() != '@') {
      throw new UnreadableMailbox(
          "no at sign behind the local part (expected: <name@example.com>)");
    }
    EmailAddress mailbox = addressFrom(address);
    if (atEnd() || peek() != '>') {
      throw new UnreadableMailbox("no closing angle bracket right behind the domain");
    }
    position++;
    return mailbox;
  }

  /// Stops at the opening angle bracket.
  private void skipRestOfPhrase() throws UnreadableMailbox {
    while (true) {
      skipBlanksAndComments();
      if (atEnd() || peek() == ',') {
        throw new UnreadableMailbox(
            "a name without an address (expected: Name <name@example.com>)");
      }
      switch (peek()) {
        case '<' -> {
          return;
        }
        case ':' -> throw new UnreadableMailbox("a group (expected: one address)");
        case '@' -> throw new UnreadableMailbox("an at sign in a name that is not quoted");
        default -> skipWord();
      }
    }
  }

  /// An atom with dots, or a quoted string.
  private void skipWord() throws UnreadableMailbox {
    if (atEnd()) {
      throw new UnreadableMailbox("no address (expected: name@example.com)");
    }
    if (peek() == '"') {
      skipQuotedString();
      return;
    }
    int start = position;
    while (!atEnd() && (isAtext(peek()) || peek() == '.')) {
      position++;
    }
    if (position == start) {
      throw new UnreadableMailbox(
          peek() == ':' ? "a group (expected: one address)" : "an unexpected " + shown(peek()));
    }
  }

  /// Angle brackets inside a quoted name are legal and deceive every reader that looks for the
  /// first bracket, so they are refused.
  private void skipQuotedString() throws UnreadableMailbox {
    position++;
    while (!atEnd() && peek() != '"') {
      if (peek() == '\\') {
        position++;
      }
      if (atEnd()) {
        break;
      }
      if (peek() == '<' || peek() == '>') {
        throw new UnreadableMailbox("an angle bracket in a quoted name");
      }
      refuseInvisible(peek());
      position++;
    }
    if (atEnd()) {
      throw new UnreadableMailbox("a quoted name without its closing quote");
    }
    position++;
  }

  /// @param start where the local part begins; the at sign is the next character
  private EmailAddress addressFrom(int start) throws UnreadableMailbox {
    String local = text.substring(start, position);
    refuseDeceptiveLocalPart(local);
    position++;
    if (!atEnd() && peek() == '[') {
      throw new UnreadableMailbox("an address literal (expected: a domain name)");
    }
    int domainStart = position;
    while (!atEnd() && isDomainCharacter(peek())) {
      position++;
    }
    DomainName domain = domain(text.substring(domainStart, position));
    try {
      return new EmailAddress(local, domain);
    } catch (IllegalArgumentException notALocalPart) {
      throw new UnreadableMailbox(
          "the local part \"%s\" (expected: at most 64 octets, dots only between others)"
              .formatted(local));
    }
  }

  private static void refuseDeceptiveLocalPart(String local) throws UnreadableMailbox {
    if (local.contains("=?")) {
      throw new UnreadableMailbox("an encoded word in the address");
    }
    if (local.startsWith("\"")) {
      for (int i = 1; i < local.length() - 1; i++) {
        if ("@,;:()[]\\\t".indexOf(local.charAt(i)) >= 0) {
          throw new UnreadableMailbox(
              "%s in a quoted local part".formatted(shown(local.charAt(i))));
        }
      }
    }
    if (!Normalizer.isNormalized(local, Normalizer.Form.NFC)) {
      throw new UnreadableMailbox("a local part that is not in Unicode form NFC");
    }
    for (int i = 0; i < local.length(); i++) {
      char c = local.charAt(i);
      if (c >= 0x80 && (isInvisible(c) || Character.isSpaceChar(c))) {
        throw new UnreadableMailbox("an invisible character in the address");
      }
    }
  }

  /// A U-label must be exactly what its A-label says, so that mappings (ß, full-width letters,
  /// ideographic dots) cannot make two names of one.
  private static DomainName domain(String written) throws UnreadableMailbox {
    DomainName domain = written.endsWith(".") ? null : DomainName.parse(written).orElse(null);
    // other names may have an underscore, those of hosts may not, and some readers know
    if (domain == null || written.indexOf('_') >= 0) {
      throw new UnreadableMailbox(
          "the domain \"%s\" (expected: a name such as example.com)".formatted(written));
    }
    boolean ascii = written.chars().allMatch(c -> c < 0x80);
    if (!ascii && !IDN.toUnicode(domain.value()).equals(written.toLowerCase(Locale.ROOT))) {
      throw new UnreadableMailbox(
          "the domain \"%s\" (expected: its own normal form)".formatted(written));
    }
    return domain;
  }

  /// Only comments of plain words are skipped: how nested or quoted ones end is where parsers
  /// differ.
  private void skipBlanksAndComments() throws UnreadableMailbox {
    while (!atEnd()) {
      if (peek() == '(') {
        int end = text.indexOf(')', position);
        if (end < 0) {
          throw new UnreadableMailbox("a comment without its end");
        }
        for (int i = position + 1; i < end; i++) {
          if ("(<>@,;:\\\"[]".indexOf(text.charAt(i)) >= 0) {
            throw new UnreadableMailbox("%s in a comment".formatted(shown(text.charAt(i))));
          }
          refuseInvisible(text.charAt(i));
        }
        position = end + 1;
      } else if (peek() == ' ' || peek() == '\t') {
        position++;
      } else {
        return;
      }
    }
  }

  private boolean atEnd() {
    return position >= text.length();
  }

  private char peek() {
    return text.charAt(position);
  }

  private static boolean isAtext(char c) throws UnreadableMailbox {
    refuseInvisible(c);
    return isAsciiLetterOrDigit(c) || ATEXT_SPECIALS.indexOf(c) >= 0 || c >= 0xA0;
  }

  private static boolean isDomainCharacter(char c) throws UnreadableMailbox {
    refuseInvisible(c);
    return isAsciiLetterOrDigit(c) || c == '-' || c == '.' || c == '_' || c >= 0xA0;
  }

  private static boolean isAsciiLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /// The joiners are needed to write some languages and emoji; they stay allowed in names.
  private static void refuseInvisible(char c) throws UnreadableMailbox {
    if (c >= 0x80 && isInvisible(c) && c != 0x200C && c != 0x200D) {
      throw new UnreadableMailbox("an invisible character (U+%04X)".formatted((int) c));
    }
  }

  private static boolean isInvisible(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static String shown(char c) {
    return c == '"' ? "quote" : "\"" + c + "\"";
  }
}
