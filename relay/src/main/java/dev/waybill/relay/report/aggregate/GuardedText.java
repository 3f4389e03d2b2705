package dev.waybill.relay.report.aggregate;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/// XML text whose pieces are short and that declares nothing. Confined to one thread.
///
/// A parser keeps a tag with its attributes, a comment or a section in memory as a whole, however
/// long it is, so the length of each is bounded before the parser sees it. A document type is
/// refused here, in front of any parser and whatever its settings are: no entity is ever declared.
final class GuardedText extends FilterReader {
  /// No piece of a report is a hundredth of it.
  static final int MOST_RUN = 64 * 1024;

  private enum Place {
    TEXT,
    /// Behind `<`.
    OPENED,
    /// Behind `<!`.
    DECLARATION,
    COMMENT,
    SECTION,
    INSTRUCTION
  }

  private Place place = Place.TEXT;
  private char before;
  private char beforeThat;
  private int run;

  GuardedText(Reader in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    if (read >= 0) {
      check((char) read);
    }
    return read;
  }

  @Override
  public int read(char[] into, int offset, int length) throws IOException {
    int read = super.read(into, offset, length);
    for (int i = 0; i < read; i++) {
      check(into[offset + i]);
    }
    return read;
  }

  private void check(char c) throws ReportFault {
    run++;
    if (run > MOST_RUN) {
      throw new ReportFault("a piece of it is longer than %d characters".formatted(MOST_RUN));
    }
    Place next = next(c);
    if (next != place && (next == Place.OPENED || next == Place.TEXT)) {
      run = 0;
    }
    place = next;
    beforeThat = before;
    before = c;
  }

  private Place next(char c) throws ReportFault {
    return switch (place) {
      case TEXT -> c == '<' ? Place.OPENED : Place.TEXT;
      case OPENED ->
          switch (c) {
            case '!' -> Place.DECLARATION;
            case '?' -> Place.INSTRUCTION;
            default -> Place.TEXT;
          };
      case DECLARATION ->
          switch (c) {
            case '-' -> Place.COMMENT;
            case '[' -> Place.SECTION;
            default -> throw new ReportFault("it has a document type, which is never read");
          };
      case COMMENT -> ended(c, before == '-' && beforeThat == '-');
      case SECTION -> ended(c, before == ']' && beforeThat == ']');
      case INSTRUCTION -> ended(c, before == '?');
    };
  }

  private Place ended(char c, boolean closing) {
    return c == '>' && closing ? Place.TEXT : place;
  }
}
