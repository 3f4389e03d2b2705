package dev.waybill.cli.commands;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads one of a few words, in any case. Stateless.
///
/// @param <E> the words, by their text form
final class Choice<E extends Enum<E>> implements ITypeConverter<E> {
  private final E[] words;

  Choice(Class<E> words) {
    this.words = words.getEnumConstants();
  }

  @Override
  public E convert(String text) {
    for (E word : words) {
      if (word.toString().equalsIgnoreCase(text)) {
        return word;
      }
    }
    String all = Arrays.stream(words).map(Enum::toString).collect(Collectors.joining(", "));
    throw new TypeConversionException("'" + text + "' (expected: " + all + ")");
  }
}
