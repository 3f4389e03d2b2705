package dev.waybill.relay.doctor;

import java.util.Locale;
import java.util.Objects;

/// What one look found. Immutable; any thread may use it.
///
/// Texts are for the operator, in plain words, at most 1,000 characters each; replies of other
/// hosts stand in them as they came.
///
/// @param subject what was looked at: an address, a name
/// @param found what is there
/// @param reason who asks for it, and why
/// @param fix what to do; empty where nothing is wrong
/// @param paste lines to copy: a record, a command, a setting; empty where there is nothing to copy
public record Diagnosis(
    Check check,
    String subject,
    Verdict verdict,
    String found,
    String reason,
    String fix,
    String paste) {
  private static final int MAX_TEXT = 1_000;

  /// How it stands, best first.
  public enum Verdict {
    PASS,
    /// Something did not answer, so nothing is known.
    UNKNOWN,
    /// Mail goes out, and something about it is worse than it could be.
    WARN,
    /// Receivers refuse mail for it, or something of this relay does not work.
    FAIL;

    /// The public name, such as `pass`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Diagnosis {
    Objects.requireNonNull(check, "check");
    Objects.requireNonNull(verdict, "verdict");
    subject = clipped(subject);
    found = clipped(found);
    reason = clipped(reason);
    fix = clipped(fix);
  }

  static Diagnosis pass(Check check, String subject, String found, String reason) {
    return new Diagnosis(check, subject, Verdict.PASS, found, reason, "", "");
  }

  static Diagnosis unknown(Check check, String subject, String found, String reason, String fix) {
    return new Diagnosis(check, subject, Verdict.UNKNOWN, found, reason, fix, "");
  }

  static Diagnosis warn(Check check, String subject, String found, String reason, String fix) {
    return new Diagnosis(check, subject, Verdict.WARN, found, reason, fix, "");
  }

  static Diagnosis fail(Check check, String subject, String found, String reason, String fix) {
    return new Diagnosis(check, subject, Verdict.FAIL, found, reason, fix, "");
  }

  /// The same with lines to copy.
  Diagnosis pasting(String lines) {
    return new Diagnosis(check, subject, verdict, found, reason, fix, lines);
  }

  /// The same, but at most a warning.
  Diagnosis softened() {
    return verdict == Verdict.FAIL
        ? new Diagnosis(check, subject, Verdict.WARN, found, reason, fix, paste)
        : this;
  }

  private static String clipped(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - 1) + "…";
  }
}
