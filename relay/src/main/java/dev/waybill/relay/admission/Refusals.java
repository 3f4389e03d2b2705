package dev.waybill.relay.admission;

import dev.waybill.relay.message.DomainName;

/// Every sentence with which a message is refused. Stateless.
///
/// What the dialogue itself says, before and after, stands in room `submission`.
final class Refusals {
  private Refusals() {}

  static Verdict.Refused headerTooLong(int most) {
    return content("The header is too long (expected: at most %d octets)".formatted(most));
  }

  static Verdict.Refused tooManyFields(int count, int most) {
    return content("The header has %d fields (expected: at most %d)".formatted(count, most));
  }

  static Verdict.Refused notAField(String line) {
    return content(
        "A line of the header is neither a field nor a continuation: \"%s\"".formatted(line));
  }

  static Verdict.Refused loop(int most) {
    return new Verdict.Refused(
        Verdict.Cause.CONTENT,
        554,
        "5.4.6",
        "Mail loop: more than %d Received fields".formatted(most));
  }

  static Verdict.Refused badControl(String name, String value, String expected) {
    return content("%s: \"%s\" (expected: %s)".formatted(name, Excerpt.of(value), expected));
  }

  static Verdict.Refused noFrom() {
    return content("There is no From field");
  }

  static Verdict.Refused severalFroms(int count) {
    return content("There are %d From fields (expected: one)".formatted(count));
  }

  static Verdict.Refused unreadableFrom(String why) {
    return content("The From field cannot be read: " + why);
  }

  static Verdict.Refused severalAuthors(int count) {
    return content(
        "The From field has %d addresses (expected: one, or a Sender field with one)"
            .formatted(count));
  }

  static Verdict.Refused severalDomains(DomainName one, DomainName other) {
    return content(
        "The From field has addresses of %s and of %s (expected: one domain)"
            .formatted(one, other));
  }

  /// @param registered the domain that would cover it, or the name itself where none does
  static Verdict.Refused notVerified(DomainName from, DomainName registered) {
    return Verdict.Refused.sender(
        "The From domain %s is not verified; run: waybillctl domains records %s"
            .formatted(from, registered));
  }

  static Verdict.Refused disabled(DomainName from, DomainName registered) {
    return Verdict.Refused.sender(
        "The From domain %s is disabled; run: waybillctl domains enable %s"
            .formatted(from, registered));
  }

  static Verdict.Refused notForThisKey(String key, DomainName from) {
    return Verdict.Refused.sender(
        "The API key \"%s\" may not send for the From domain %s".formatted(key, from));
  }

  /// The operator's mistake, not the message's: it may come again.
  static Verdict.Refused streamIsGone(String key, String stream) {
    return new Verdict.Refused(
        Verdict.Cause.SENDER,
        451,
        "4.3.5",
        "The stream \"%s\" of the API key \"%s\" is not configured any more"
            .formatted(stream, key));
  }

  private static Verdict.Refused content(String text) {
    return Verdict.Refused.content(text);
  }
}
