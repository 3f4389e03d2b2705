package dev.waybill.relay.report;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.report.BounceRules.Found;
import dev.waybill.relay.report.BounceRules.Meaning;
import dev.waybill.relay.report.BoundedPattern.Place;
import dev.waybill.relay.report.RecipientStatus.Action;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Tells what a bounce is worth. Immutable; any thread may use it.
///
/// Doubt is always in favour of the address: what is not understood is soft and unknown, a
/// temporary code is never hard, of two meanings the softer one counts, and a report about a
/// mailbox with another name (a member of an alias, a list) says nothing hard about ours.
public final class BounceJudge {
  private static final int MOST_WORDS = 4_000;
  private static final int BEFORE = 60;
  private static final BoundedPattern CODE =
      BoundedPattern.of("\\b[245]\\.[0-9]{1,3}\\.[0-9]{1,3}\\b");
  private static final BoundedPattern TEMPORARY_REPLY = BoundedPattern.of("^4[0-9][0-9]\\b");

  /// Made when the first one asks: the rules are some hundred patterns, the same for all.
  private static final class Shared {
    private static final BounceJudge JUDGE = new BounceJudge(BounceRules.load());
  }

  private final BounceRules rules;

  private BounceJudge(BounceRules rules) {
    this.rules = rules;
  }

  /// The one that everybody shares.
  ///
  /// @throws ExceptionInInitializerError when the data file of the rules is missing or wrong
  public static BounceJudge load() {
    return Shared.JUDGE;
  }

  /// What a delivery report says about the message to the recipient.
  ///
  /// @param recipient whom the message was sent to; never taken from the report
  /// @return empty when it names no failure: delayed, delivered, relayed, expanded
  public Optional<Bounce> judge(DeliveryReport report, EmailAddress recipient) {
    List<RecipientStatus> failures =
        report.recipients().stream()
            .filter(each -> each.action() == Action.FAILED && !each.status().startsWith("2"))
            .toList();
    if (failures.isEmpty()) {
      return Optional.empty();
    }
    // once for all of them: it is long
    Bounce explained = inWords(report.explanation());
    List<Bounce> failed = failures.stream().map(each -> bounce(each, explained)).toList();
    Bounce ours =
        failed.stream()
            .filter(bounce -> isSameMailbox(bounce.finalRecipient(), recipient))
            .findFirst()
            .orElse(failed.getFirst());
    boolean certain =
        failed.size() == report.recipients().size()
            && failed.stream()
                .allMatch(bounce ->
                    bounce.permanence() == Permanence.HARD
                        && isSameMailbox(bounce.finalRecipient(), recipient));
    return Optional.of(certain ? ours : ours.inDoubt());
  }

  /// What a bounce in words says about the message to the recipient.
  ///
  /// @param recipient whom the message was sent to; never taken from the report
  public Bounce judge(WordedReport report, EmailAddress recipient) {
    Bounce bounce = inWords(report.words());
    boolean certain =
        report.recipients().isEmpty()
            ? report.words().indexOf('@') < 0 || names(report.words(), recipient)
            : report.recipients().stream().allMatch(address -> isSameMailbox(address, recipient));
    return certain ? bounce : bounce.inDoubt();
  }

  /// What a host's refusal at once says, such as `550 5.1.1 no such user`.
  public Bounce judge(String reply) {
    return inWords(reply);
  }

  private Bounce bounce(RecipientStatus each, Bounce explained) {
    Bounce bounce =
        judge(each.status(), each.diagnostic(), inDiagnostic(each))
            .orElseGet(() -> explained(each, explained));
    return new Bounce(
        bounce.cause(),
        bounce.permanence(),
        bounce.status(),
        bounce.diagnostic(),
        each.finalRecipient());
  }

  private Optional<Found> inDiagnostic(RecipientStatus each) {
    return rules.inWords(PlainText.comparable(each.diagnostic(), MOST_WORDS));
  }

  /// Where fields say nothing, the part for people may.
  private static Bounce explained(RecipientStatus each, Bounce explained) {
    if (explained.cause() == BounceClass.UNKNOWN) {
      return new Bounce(BounceClass.UNKNOWN, Permanence.SOFT, each.status(), each.diagnostic(), "");
    }
    return new Bounce(
        explained.cause(),
        each.status().startsWith("4") ? explained.inDoubt().permanence() : explained.permanence(),
        each.status().isEmpty() ? explained.status() : each.status(),
        each.diagnostic().isEmpty() ? explained.diagnostic() : each.diagnostic(),
        "");
  }

  private Bounce inWords(String text) {
    String words = PlainText.comparable(text, MOST_WORDS);
    Optional<Found> found = rules.inWords(words);
    int start = Math.max(0, found.map(Found::start).orElse(0) - BEFORE);
    String because = PlainText.line(words.substring(start));
    return judge("", words, found)
        .map(
            bounce -> new Bounce(bounce.cause(), bounce.permanence(), bounce.status(), because, ""))
        .orElse(new Bounce(BounceClass.UNKNOWN, Permanence.SOFT, "", because, ""));
  }

  /// Empty when neither code nor words are understood.
  ///
  /// @param found what the words of the diagnostic mean
  private Optional<Bounce> judge(String reported, String diagnostic, Optional<Found> found) {
    String words = PlainText.comparable(diagnostic, MOST_WORDS);
    String status =
        reported.isEmpty() || rules.exactly(reported).isEmpty()
            ? codeIn(words)
                .filter(code -> reported.isEmpty() || alike(code, reported))
                .orElse(reported)
            : reported;
    Optional<Meaning> byCode = rules.exactly(status);
    Optional<Meaning> byWords = found.map(Found::meaning);
    return softer(byCode, byWords)
        .or(() -> rules.roughly(status))
        .map(meaning ->
            new Bounce(
                meaning.cause(),
                isTemporary(status, words) && meaning.isHard()
                    ? Permanence.SOFT
                    : meaning.permanence(),
                status,
                diagnostic,
                ""));
  }

  /// Words tell more than a code, but a code that is not hard is never made so.
  private static Optional<Meaning> softer(Optional<Meaning> byCode, Optional<Meaning> byWords) {
    if (byCode.isEmpty() || byWords.isEmpty()) {
      return byCode.or(() -> byWords);
    }
    return byWords.get().isHard() && !byCode.get().isHard() ? byCode : byWords;
  }

  private Optional<String> codeIn(String words) {
    Optional<Place> place = CODE.search(words, 0);
    while (place.isPresent()) {
      int start = place.get().start();
      int end = place.get().end();
      String code = words.substring(start, end);
      if (!isPartOfAddress(words, start, end) && rules.exactly(code).isPresent()) {
        return Optional.of(code);
      }
      place = CODE.search(words, end);
    }
    return Optional.empty();
  }

  /// `5.1.1.20` is no code.
  private static boolean isPartOfAddress(String words, int start, int end) {
    return (start > 0 && words.charAt(start - 1) == '.')
        || (end + 1 < words.length()
            && words.charAt(end) == '.'
            && Character.isDigit(words.charAt(end + 1)));
  }

  /// Whether both are permanent or both temporary.
  private static boolean alike(String code, String other) {
    return code.charAt(0) == other.charAt(0);
  }

  private static boolean isTemporary(String status, String words) {
    return status.startsWith("4") || TEMPORARY_REPLY.isIn(words);
  }

  /// Whether the reported address is the recipient's mailbox, at whatever host it was looked for
  /// last; a subaddress (`+tag`) does not count, and no address at all is no contradiction.
  private static boolean isSameMailbox(String reported, EmailAddress recipient) {
    return reported.isEmpty()
        || mailbox(localPart(reported)).equals(mailbox(recipient.localPart()));
  }

  private static boolean names(String words, EmailAddress recipient) {
    return words.contains(recipient.localPart().toLowerCase(Locale.ROOT) + "@")
        || words.contains(mailbox(recipient.localPart()) + "@");
  }

  private static String localPart(String address) {
    int at = address.lastIndexOf('@');
    return at < 0 ? address : address.substring(0, at);
  }

  private static String mailbox(String localPart) {
    String lower = localPart.toLowerCase(Locale.ROOT).replace("\"", "");
    int plus = lower.indexOf('+');
    return plus > 0 ? lower.substring(0, plus) : lower;
  }
}
