package dev.waybill.relay.keyring;

import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.message.DomainName;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Names for keys: `wb1`, `wb2` and so on, `wbe1` for Ed25519. Stateless; any thread.
final class Selectors {
  private static final int MAX_SELECTOR = 63;

  private Selectors() {}

  /// The operator's own selector, or the next of ours that the domain never used.
  ///
  /// @throws IllegalArgumentException with words for the operator when it is not usable
  static String choose(@Nullable String typed, Algorithm algorithm, Collection<DomainKey> known) {
    Set<String> used = known.stream().map(DomainKey::selector).collect(Collectors.toSet());
    if (typed == null) {
      String prefix = algorithm == Algorithm.RSA_SHA256 ? "wb" : "wbe";
      int number = 1 + (int) known.stream().filter(key -> key.algorithm() == algorithm).count();
      while (used.contains(prefix + number)) {
        number++;
      }
      return prefix + number;
    }
    String selector = typed.strip().toLowerCase(Locale.ROOT);
    if (!isSelector(selector)) {
      throw new IllegalArgumentException(
          "dkim_selector: \"%s\" (expected: at most 63 letters, digits and hyphens, such as wb1)"
              .formatted(printable(selector)));
    }
    if (used.contains(selector)) {
      // receivers may still remember the key that stood there
      throw new IllegalArgumentException(
          "dkim_selector: \"%s\" (expected: one that this domain never used)".formatted(selector));
    }
    return selector;
  }

  /// RFC 6376 §3.1: a selector may have several labels.
  private static boolean isSelector(String selector) {
    return selector.length() <= MAX_SELECTOR
        && selector.indexOf('_') < 0
        && selector.chars().allMatch(c -> c < 0x80)
        && !selector.endsWith(".")
        && DomainName.parse(selector).isPresent();
  }

  private static String printable(String typed) {
    String shown = typed.replaceAll("[^\\x20-\\x7E]", "?");
    return shown.length() > 100 ? shown.substring(0, 100) + "…" : shown;
  }
}
