package dev.waybill.cli.output;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The device in front of a person: what cannot be told from the streams alone.
public interface Tty {
  /// Nobody is there.
  Tty NONE =
      new Tty() {
        @Override
        public char @Nullable [] secret(String question) {
          return null;
        }

        @Override
        public Optional<Size> size() {
          return Optional.empty();
        }
      };

  /// How much fits on the screen, in characters.
  record Size(int columns, int rows) {}

  /// Shows a question and reads an answer without echo; null where there is no keyboard.
  char @Nullable [] secret(String question);

  /// How large the screen is at this moment; empty where that is not known.
  Optional<Size> size();
}
