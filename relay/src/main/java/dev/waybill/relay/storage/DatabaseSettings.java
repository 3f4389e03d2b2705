package dev.waybill.relay.storage;

import java.util.Objects;

/// Where the relay keeps its rows.
///
/// @param url `jdbc:h2:file:/path` or `jdbc:postgresql://host/name`
/// @param user the database user; H2's needs the admin right
/// @param password the user's password, possibly empty
/// @param poolSize connections kept open, at least 2
public record DatabaseSettings(String url, String user, String password, int poolSize) {
  public DatabaseSettings {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    if (Dialect.of(url).isEmpty()) {
      throw new IllegalArgumentException(
          "database url \"%s\" (expected: jdbc:h2:… or jdbc:postgresql:…)".formatted(url));
    }
    if (poolSize < 2) {
      throw new IllegalArgumentException("pool size %d (expected: 2 or more)".formatted(poolSize));
    }
  }

  /// Never shows the password.
  @Override
  public String toString() {
    return "DatabaseSettings[" + url + " as " + user + "]";
  }
}
