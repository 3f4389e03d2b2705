package dev.waybill.relay.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How values are put into columns so that both engines take them and no text is too long.
public final class Columns {
  private Columns() {}

  /// A time as both drivers want it, in UTC.
  public static OffsetDateTime timestamp(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  /// As [#timestamp], null for null.
  public static @Nullable OffsetDateTime optionalTimestamp(@Nullable Instant instant) {
    return instant == null ? null : timestamp(instant);
  }

  /// A column's time that is never null.
  public static Instant instant(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(optionalInstant(row, column), column);
  }

  public static @Nullable Instant optionalInstant(ResultSet row, String column)
      throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  /// Text from outside made storable: cut to `max` characters, NUL (which PostgreSQL refuses) and
  /// halves of surrogate pairs replaced.
  public static String required(String value, int max) {
    String cut = value.length() <= max ? value : value.substring(0, max);
    for (int i = 0; i < cut.length(); i++) {
      char c = cut.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return replaceUnstorable(cut);
      }
    }
    return cut;
  }

  /// As [#required], null for null.
  public static @Nullable String text(@Nullable String value, int max) {
    return value == null ? null : required(value, max);
  }

  private static String replaceUnstorable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c == 0 || (c >= 0xD800 && c <= 0xDFFF) ? 0xFFFD : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }
}
