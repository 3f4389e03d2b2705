package dev.waybill.relay.report;

/// A text that counts how often its characters are looked at, and ends the looking after so many.
/// One search, one thread.
final class MeteredText implements CharSequence {
  /// So many looks were allowed and no more.
  static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Exhausted() {
      super("too many steps", null, false, false);
    }
  }

  private final CharSequence text;
  private final long most;
  private long steps;

  /// @param most looks that are allowed
  MeteredText(CharSequence text, long most) {
    this.text = text;
    this.most = most;
  }

  /// How many looks there were.
  long steps() {
    return steps;
  }

  /// @throws Exhausted when there were too many looks
  @Override
  public char charAt(int index) {
    if (++steps > most) {
      throw new Exhausted();
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
