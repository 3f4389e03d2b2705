package dev.waybill.relay.dns;

import dev.waybill.relay.dns.SpfTerm.Mechanism;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// An SPF policy, read as receivers read it (RFC 7208 §4.6). Immutable; any thread.
///
/// @param directives in their order, those behind `all` left out: they are never reached (§5.1)
/// @param redirect whose policy counts where no directive matches; empty beside `all` (§6.1)
/// @param remarks what is allowed and surely not meant
record SpfRecord(List<SpfTerm> directives, Optional<SpfTerm> redirect, List<String> remarks) {
  private static final String VERSION = "v=spf1";
  private static final int MAX_TERMS = 500;
  private static final Pattern MODIFIER = Pattern.compile("[A-Za-z][A-Za-z0-9\\-_.]*=.*");

  /// What a text turned out to be.
  sealed interface Parsed {
    record Policy(SpfRecord record) implements Parsed {}

    /// Receivers cannot use it: `permerror`.
    ///
    /// @param problem naming the term
    record Malformed(String problem) implements Parsed {}
  }

  SpfRecord {
    directives = List.copyOf(directives);
    remarks = List.copyOf(remarks);
  }

  /// Whether a text is an SPF policy at all (RFC 7208 §4.5).
  static boolean isPolicy(String text) {
    return text.regionMatches(true, 0, VERSION, 0, VERSION.length())
        && (text.length() == VERSION.length() || text.charAt(VERSION.length()) == ' ');
  }

  /// Reads a policy. One wrong term anywhere spoils the whole (RFC 7208 §4.6).
  static Parsed parse(String text) {
    List<SpfTerm> directives = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    List<SpfTerm> redirects = new ArrayList<>();
    int explanations = 0;
    String[] terms = text.substring(VERSION.length()).split(" +", -1);
    if (terms.length > MAX_TERMS) {
      return new Parsed.Malformed(
          "%d terms (expected: %d at most)".formatted(terms.length, MAX_TERMS));
    }
    for (String term : terms) {
      if (term.isEmpty()) {
        continue;
      }
      SpfTerm.Read read;
      if (MODIFIER.matcher(term).matches()) {
        int equals = term.indexOf('=');
        String name = term.substring(0, equals).toLowerCase(Locale.ROOT);
        if (name.equals("redirect")) {
          read = SpfTerm.redirect(term, term.substring(equals + 1));
        } else {
          explanations += name.equals("exp") ? 1 : 0;
          if (SpfTerm.NAMES.contains(name)) {
            remarks.add("\"%s\" does nothing: write %s with a colon".formatted(shown(term), name));
          }
          continue;
        }
      } else {
        read = SpfTerm.directive(term);
      }
      switch (read) {
        case SpfTerm.Read.Malformed(String problem) -> {
          return new Parsed.Malformed("the term \"%s\": %s".formatted(shown(term), problem));
        }
        case SpfTerm.Read.Term(SpfTerm good) ->
            (good.mechanism() == Mechanism.REDIRECT ? redirects : directives).add(good);
      }
    }
    if (redirects.size() > 1 || explanations > 1) {
      return new Parsed.Malformed("\"redirect\" or \"exp\" stands twice");
    }
    return new Parsed.Policy(reached(directives, redirects, remarks));
  }

  private static SpfRecord reached(
      List<SpfTerm> directives, List<SpfTerm> redirects, List<String> remarks) {
    for (int i = 0; i < directives.size(); i++) {
      if (directives.get(i).mechanism() == Mechanism.ALL) {
        if (directives.get(i).qualifier() == '+') {
          remarks.add(
              "\"%s\" lets anybody send: write ~all or -all"
                  .formatted(shown(directives.get(i).text())));
        }
        return new SpfRecord(directives.subList(0, i + 1), Optional.empty(), remarks);
      }
    }
    return new SpfRecord(directives, redirects.stream().findFirst(), remarks);
  }

  /// Somebody else's term, short and printable.
  static String shown(String term) {
    String printable = term.replaceAll("[^\\x21-\\x7E]", "?");
    return printable.length() > 80 ? printable.substring(0, 80) + "…" : printable;
  }
}
