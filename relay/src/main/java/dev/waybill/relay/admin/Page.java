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
/// @param hasMore whether there are entries behind the last one, or before the first one when a
///   page before an entry was asked for
record Page<T>(String object, boolean hasMore, List<T> data) {
  private static final int MAX_LIMIT = 100;
  private static final int DEFAULT_LIMIT = 20;

  /// Which page a client asks for: `?limit=1..100&after=<id>`, or `before` to go back.
  ///
  /// @param after the page begins behind this entry; null for the first page
  /// @param before the page ends before this entry; null unless a client goes back
  record Asked(int limit, @Nullable UUID after, @Nullable UUID before) {
    /// @throws Refusal when a parameter is not what was expected
    static Asked of(Parameters parameters) {
      int limit = (int) parameters.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
      Asked asked = new Asked(limit, id(parameters, "after"), id(parameters, "before"));
      if (asked.after() != null && asked.before() != null) {
        throw new Refusal(Problem.invalid("before and after are both given (expected: one)"));
      }
      return asked;
    }

    private static @Nullable UUID id(Parameters parameters, String name) {
      return parameters.text(name).map(text -> Ids.read(name, text)).orElse(null);
    }
  }

  static <T> Page<T> of(boolean hasMore, List<T> data) {
    return new Page<>("list", hasMore, data);
  }

  /// A page that was read with one entry more than was asked for, which tells whether there are
  /// more.
  static <T, V> Page<V> read(List<T> found, Asked asked, Function<T, V> view) {
    int surplus = Math.max(0, found.size() - asked.limit());
    List<T> page =
        asked.before() == null
            ? found.subList(0, found.size() - surplus)
            : found.subList(surplus, found.size());
    return of(surplus > 0, page.stream().map(view).toList());
  }

  /// Cuts a page out of a whole list.
  ///
  /// @throws Refusal when the id is none of ours
  static <T, V> Page<V> cut(List<T> all, Asked asked, Function<T, UUID> id, Function<T, V> view) {
    if (asked.before() != null) {
      int end = place("before", all, asked.before(), id);
      int start = Math.max(0, end - asked.limit());
      return of(start > 0, all.subList(start, end).stream().map(view).toList());
    }
    int start = asked.after() == null ? 0 : place("after", all, asked.after(), id);
    if (start < all.size() && id.apply(all.get(start)).equals(asked.after())) {
      start++;
    }
    int end = Math.min(all.size(), start + asked.limit());
    return of(end < all.size(), all.subList(start, end).stream().map(view).toList());
  }

  /// Where the entry stands, or would stand if it were not gone: a list may change between two
  /// pages. Ids are ordered by time, as the lists are.
  private static <T> int place(String name, List<T> all, UUID entry, Function<T, UUID> id) {
    int before = 0;
    for (int i = 0; i < all.size(); i++) {
      UUID each = id.apply(all.get(i));
      if (each.equals(entry)) {
        return i;
      }
      if (each.toString().compareTo(entry.toString()) < 0) {
        before++;
      }
    }
    if (entry.version() != Ids.VERSION) {
      throw new Refusal(
          Problem.invalid(name, "\"" + entry + "\"", "the id of an entry of this list"));
    }
    return before;
  }
}
