package dev.waybill.relay.config;

import java.util.Locale;
import java.util.Objects;

/// One setting: its name, how it is read, and what it is when nobody sets it.
///
/// @param name kebab-case with dots, such as `submission.listen-tls`
/// @param kind how one value is read
/// @param form how many values, and whether they may be shown
/// @param standard the default as it would be written; empty for none
public record Key<T>(String name, Kind<T> kind, Form form, String standard) {
  /// How a setting is given.
  public enum Form {
    /// One value.
    SINGLE,
    /// A YAML list, or comma-separated in the environment.
    LIST,
    /// One value that is never shown and may come from a file named by `<VARIABLE>_FILE`.
    SECRET
  }

  public Key {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(form, "form");
    Objects.requireNonNull(standard, "standard");
  }

  /// The environment variable that overrides it: `submission.listen-tls` is
  /// `WAYBILL_SUBMISSION_LISTEN_TLS`.
  public String variable() {
    return variable(name);
  }

  static String variable(String name) {
    return "WAYBILL_" + variablePart(name);
  }

  static String variablePart(String name) {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
