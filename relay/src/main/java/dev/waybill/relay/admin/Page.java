package dev.waybill.relay.admin;

import dev.waybill.relay.http.Parameters;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One page of a list, as it is shown.
///
/// @param object always `list`
/// @param hasMore whether entries follow behind the last one
record Page<T>(String object, boolean hasMore, List<T> data) {
  private static final int MAX_LIMIT = 100;
  private static final int DEFAULT_LIMIT = 20;

  /// Which page a client asks for: `?limit=1..100&after=<id>`.
  ///
  /// @param after the id of the last entry seen; null for the first page
  record Asked(int limit, @Nullable UUID after) {
    /// @throws Refusal when a parameter is not what was expected
    static Asked of(Parameters parameters) {
      int limit = (int) parameters.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
      return new Asked(
          limit, parameters.text("after").map(text -> Ids.read("after", text)).orElse(null));
    }
  }

  static <T> Page<T> of(boolean hasMore, List<T> data) {
    return new Page<>("list", hasMore, data);
  }

  /// Cuts a page out of a whole list.
  ///
  /// @throws Refusal when the list has no entry with the id
  static <T, V> Page<V> cut(List<T> all, Asked asked, Function<T, UUID> id, Function<T, V> view) {
    int start = asked.after() == null ? 0 : behind(all, asked.after(), id);
    int end = Math.min(all.size(), start + asked.limit());
    return of(end < all.size(), all.subList(start, end).stream().map(view).toList());
  }

  private static <T> int behind(List<T> all, UUID after, Function<T, UUID> id) {
    for (int i = 0; i < all.size(); i++) {
      if (id.apply(all.get(i)).equals(after)) {
        return i + 1;
      }
    }
    throw new Refusal(
        Problem.invalid("after", "\"" + after + "\"", "the id of an entry of this list"));
  }
}
