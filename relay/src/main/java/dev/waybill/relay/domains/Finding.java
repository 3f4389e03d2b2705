package dev.waybill.relay.domains;

import java.util.Collection;
import java.util.stream.Collectors;

/// What a look at one record found: three different things, of which only two say something about
/// the record.
sealed interface Finding {
  /// For the domain's owner, in plain words; at most 1,000 characters.
  String explanation();

  /// The record does its work.
  record Right(String explanation) implements Finding {
    public Right {
      explanation = clipped(explanation, MAX_EXPLANATION);
    }
  }

  /// The DNS answered, and the record is missing or does not do its work.
  record Wrong(String explanation) implements Finding {
    public Wrong {
      explanation = clipped(explanation, MAX_EXPLANATION);
    }
  }

  /// The DNS did not answer, or in a way that proves nothing.
  record Unanswered(String explanation) implements Finding {
    public Unanswered {
      explanation = clipped(explanation, MAX_EXPLANATION);
    }
  }

  int MAX_EXPLANATION = 1_000;
  int MAX_SHOWN = 120;
  int MAX_SHOWN_VALUES = 3;

  /// Somebody else's text, fit to be shown: short and printable.
  static String shown(String foreign) {
    return printable(clipped(foreign, MAX_SHOWN));
  }

  /// A sentence of our own that holds somebody else's text.
  static String printable(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    text.codePoints().forEach(c -> printable.appendCodePoint(isPrintable(c) ? c : 0xFFFD));
    return printable.toString();
  }

  /// The DNS did not answer.
  static Finding silence(String reason) {
    return new Unanswered("The DNS did not answer: %s".formatted(shown(reason)));
  }

  /// The DNS answered in a way that proves nothing.
  static Finding unproven(String reason) {
    return new Unanswered(printable(reason));
  }

  /// The same with more to say behind it.
  default Finding with(Collection<String> remarks) {
    if (remarks.isEmpty()) {
      return this;
    }
    String longer = explanation() + " " + printable(String.join(" ", remarks));
    return switch (this) {
      case Right _ -> new Right(longer);
      case Wrong _ -> new Wrong(longer);
      case Unanswered _ -> new Unanswered(longer);
    };
  }

  /// The first few of somebody else's texts.
  static String shown(Collection<String> foreign) {
    String first =
        foreign.stream()
            .limit(MAX_SHOWN_VALUES)
            .map(text -> "\"" + shown(text) + "\"")
            .collect(Collectors.joining(", "));
    int more = foreign.size() - MAX_SHOWN_VALUES;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  private static String clipped(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 2)) ? length - 2 : length - 1;
    return text.substring(0, end) + "…";
  }

  private static boolean isPrintable(int c) {
    int type = Character.getType(c);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.SURROGATE
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR;
  }
}
