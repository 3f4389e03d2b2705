package dev.waybill.relay.report;

import java.util.List;

/// By which a message without a machine-readable part is told, from the data file `signs.txt`.
/// Immutable; any thread may use it. Every text is as [PlainText#comparable] makes it.
final class Signs {
  /// Where a sign stands.
  record Sign(List<BoundedPattern> subject, List<BoundedPattern> text) {}

  private final List<BoundedPattern> daemons;
  private final List<BoundedPattern> original;
  private final List<BoundedPattern> complainers;
  private final List<BoundedPattern> complaintSubjects;
  private final List<BoundedPattern> automaticSubjects;
  private final Sign bounce;
  private final Sign delay;
  private final Sign challenge;

  private Signs(RuleFile file) {
    this.daemons = file.patterns("daemon from");
    this.original = file.patterns("original text");
    this.complainers = file.patterns("complaint from");
    this.complaintSubjects = file.patterns("complaint subject");
    this.automaticSubjects = file.patterns("automatic subject");
    this.bounce = sign(file, "bounce");
    this.delay = sign(file, "delay");
    this.challenge = sign(file, "challenge");
  }

  private static Sign sign(RuleFile file, String name) {
    return new Sign(file.patterns(name + " subject"), file.patterns(name + " text"));
  }

  /// @throws RuntimeException when the data file is missing or wrong
  static Signs load() {
    return new Signs(RuleFile.load("signs.txt"));
  }

  /// Whether the From field names a mail system rather than a person.
  boolean isDaemon(String from) {
    return any(daemons, from);
  }

  boolean isComplaint(String from, String subject) {
    return any(complainers, from) && any(complaintSubjects, subject);
  }

  boolean isAutomatic(String subject) {
    return any(automaticSubjects, subject);
  }

  boolean bounceSubject(String subject) {
    return any(bounce.subject(), subject);
  }

  boolean bounceText(String text) {
    return any(bounce.text(), text);
  }

  boolean isDelay(String subject, String text) {
    return any(delay.subject(), subject) || any(delay.text(), text);
  }

  boolean isChallenge(String subject, String text) {
    return any(challenge.subject(), subject) || any(challenge.text(), text);
  }

  /// The text up to where a copy of the returned message begins.
  String withoutOriginal(String text) {
    int end = text.length();
    for (BoundedPattern each : original) {
      end = Math.min(end, each.search(text, 0).map(BoundedPattern.Place::start).orElse(end));
    }
    return text.substring(0, end);
  }

  private static boolean any(List<BoundedPattern> patterns, String text) {
    for (BoundedPattern each : patterns) {
      if (each.isIn(text)) {
        return true;
      }
    }
    return false;
  }
}
