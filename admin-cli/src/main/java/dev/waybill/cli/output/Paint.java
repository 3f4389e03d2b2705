package dev.waybill.cli.output;

/// Colours for a terminal, or none. Immutable.
///
/// @param on whether anything is coloured at all
public record Paint(boolean on) {

  /// A text in the colour that its meaning has everywhere in this program: green for what is well,
  /// yellow for what is under way, red for what is wrong, faint for what has not begun. Other texts
  /// stay as they are.
  public String status(String text) {
    return switch (text.strip()) {
      case "verified", "open", "active", "switched", "pass", "delivered" -> good(text);
      case "pending",
          "temporary_failure",
          "congested",
          "deferred",
          "retiring",
          "waiting",
          "warn",
          "held" ->
          warning(text);
      case "failed", "broken", "disabled", "fail", "bounced", "expired" -> bad(text);
      case "not_started", "retired", "unknown", "suppressed", "cancelled" -> faint(text);
      default -> text;
    };
  }

  /// What is well.
  public String good(String text) {
    return wrap("32", text);
  }

  /// What is under way.
  public String warning(String text) {
    return wrap("33", text);
  }

  /// What is wrong.
  public String bad(String text) {
    return wrap("31", text);
  }

  /// A heading.
  public String strong(String text) {
    return wrap("1", text);
  }

  /// What matters less.
  public String faint(String text) {
    return wrap("2", text);
  }

  private String wrap(String code, String text) {
    return on ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
