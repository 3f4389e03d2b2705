package dev.waybill.relay.rendering;

import dev.waybill.relay.message.HeaderBlock;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Tells links that unsubscribe from all others, so that they are never counted as clicks and a
/// message that has one gets no second one.
///
/// Immutable; any thread may use it.
///
/// @param announced the addresses in the application's own List-Unsubscribe field (RFC 2369 §3.2)
record UnsubscribeLinks(Set<String> announced) {
  /// What the application writes where the relay's unsubscribe address shall stand: our own word,
  /// and the one of Amazon SES.
  static final Pattern PLACEHOLDER =
      Pattern.compile("__unsubscribe_url__|\\{\\{amazonSESUnsubscribeUrl}}");

  private static final int NEARBY = 200;
  private static final int MAX_WORDS = 500;

  UnsubscribeLinks {
    announced = Set.copyOf(announced);
  }

  static UnsubscribeLinks of(HeaderBlock header) {
    Set<String> announced = new HashSet<>();
    for (HeaderBlock.Field field : header.all("List-Unsubscribe")) {
      String value = header.value(field);
      int open = value.indexOf('<');
      while (open >= 0) {
        int close = value.indexOf('>', open);
        if (close < 0) {
          break;
        }
        announced.add(value.substring(open + 1, close).strip());
        open = value.indexOf('<', close);
      }
    }
    return new UnsubscribeLinks(announced);
  }

  /// Whether a link unsubscribes, by its address or by the words that are shown for it.
  boolean matches(String address, String words) {
    return announced.contains(address)
        || PLACEHOLDER.matcher(address).find()
        || speaksOfIt(address)
        || (words.length() <= MAX_WORDS && speaksOfIt(words));
  }

  /// Whether plain text has such a link: an announced one, or the word with an address close to it.
  boolean standIn(String text) {
    if (PLACEHOLDER.matcher(text).find()) {
      return true;
    }
    for (String address : announced) {
      if (text.contains(address)) {
        return true;
      }
    }
    String lower = text.toLowerCase(Locale.ROOT);
    int word = lower.indexOf("unsubscribe");
    while (word >= 0) {
      String around =
          lower.substring(Math.max(0, word - NEARBY), Math.min(lower.length(), word + NEARBY));
      if (around.contains("http://") || around.contains("https://") || around.contains("mailto:")) {
        return true;
      }
      word = lower.indexOf("unsubscribe", word + NEARBY);
    }
    return false;
  }

  private static boolean speaksOfIt(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("unsubscribe")
        || lower.contains("opt-out")
        || lower.contains("opt_out")
        || lower.contains("optout")
        || lower.contains("opt out");
  }
}
