package dev.waybill.relay.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What status codes and words mean, from the data file `bounces.txt`. Immutable; any thread may
/// use it.
final class BounceRules {
  private static final String STATUS = "status ";

  /// A class with what follows for the address.
  record Meaning(BounceClass cause, Permanence permanence) {
    boolean isHard() {
      return permanence == Permanence.HARD;
    }
  }

  /// Words with their meaning, and where they stand in the text.
  record Found(Meaning meaning, int start) {}

  record Rule(BoundedPattern words, Meaning meaning) {}

  private final Map<String, Meaning> statuses;
  private final List<Rule> rules;

  private BounceRules(Map<String, Meaning> statuses, List<Rule> rules) {
    this.statuses = Map.copyOf(statuses);
    this.rules = List.copyOf(rules);
  }

  /// @throws IllegalArgumentException when the file has a mistake
  static BounceRules load() {
    Map<String, Meaning> statuses = new HashMap<>();
    List<Rule> rules = new ArrayList<>();
    for (RuleFile.Section section : RuleFile.load("bounces.txt").sections()) {
      Meaning meaning = meaning(section.title());
      for (String entry : section.entries()) {
        if (entry.startsWith(STATUS)) {
          for (String code : entry.substring(STATUS.length()).strip().split(" +")) {
            if (statuses.put(code, meaning) != null) {
              throw new IllegalArgumentException(
                  "bounces.txt: %s stands there twice".formatted(code));
            }
          }
        } else {
          rules.add(new Rule(BoundedPattern.of(entry), meaning));
        }
      }
    }
    return new BounceRules(statuses, rules);
  }

  private static Meaning meaning(String title) {
    String[] words = title.split(" ");
    if (words.length == 2) {
      Optional<BounceClass> cause = BounceClass.parse(words[0]);
      Optional<Permanence> permanence = Permanence.parse(words[1]);
      if (cause.isPresent() && permanence.isPresent()) {
        return new Meaning(cause.get(), permanence.get());
      }
    }
    throw new IllegalArgumentException(
        "bounces.txt: [%s] (expected: a class and hard, soft or block)".formatted(title));
  }

  /// The rules for words in their order.
  List<Rule> rules() {
    return rules;
  }

  /// What exactly this code means; empty for a code that says little.
  Optional<Meaning> exactly(String status) {
    return Optional.ofNullable(statuses.get(status))
        .or(() ->
            status.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(statuses.get("x" + status.substring(1))));
  }

  /// What codes of this subject mean in general.
  Optional<Meaning> roughly(String status) {
    int last = status.lastIndexOf('.');
    return last < 2
        ? Optional.empty()
        : Optional.ofNullable(statuses.get("x" + status.substring(1, last) + ".x"));
  }

  /// The first rule whose words are there.
  ///
  /// @param text as [PlainText#comparable] makes it
  Optional<Found> inWords(String text) {
    for (Rule rule : rules) {
      Optional<BoundedPattern.Place> place = rule.words().search(text, 0);
      if (place.isPresent()) {
        return Optional.of(new Found(rule.meaning(), place.get().start()));
      }
    }
    return Optional.empty();
  }
}
