package dev.waybill.cli.client;

import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads a list of the API page by page until it ends or enough was read. One thread uses it.
public final class Pages {
  /// The largest page of most lists.
  public static final int USUAL_PAGE = 100;

  /// The largest page of the events.
  public static final int EVENTS_PAGE = 1000;

  private final AdminClient client;

  public Pages(AdminClient client) {
    this.client = client;
  }

  /// What was read.
  ///
  /// @param whole one list object holding all of it, `has_more` telling whether there is more than
  ///   the limit
  /// @param items the elements
  public record Listing(JsonNode whole, List<JsonNode> items) {
    public Listing {
      items = List.copyOf(items);
    }

    /// Whether the limit cut it short.
    public boolean hasMore() {
      return whole.path("has_more").asBoolean(false);
    }
  }

  /// What is done with an element.
  public interface Use {
    void of(JsonNode element) throws Failure;
  }

  /// Reads a list.
  ///
  /// @param page the largest page that this list knows
  /// @param limit how many elements are enough
  public Listing read(ApiPath path, int page, int limit) throws Failure {
    List<JsonNode> items = new ArrayList<>();
    Ending end = walk(path, page, limit, items::add);
    List<JsonNode> enough = items.subList(0, Math.min(items.size(), limit));
    return new Listing(whole(end.answer(), enough, end.more() || items.size() > limit), enough);
  }

  /// Reads a whole list and keeps none of it.
  ///
  /// @param page the largest page that this list knows
  public void each(ApiPath path, int page, Use use) throws Failure {
    var _ = walk(path, page, Integer.MAX_VALUE, use);
  }

  /// @param answer the last page
  /// @param more whether the list goes on behind it
  private record Ending(JsonNode answer, boolean more) {}

  private Ending walk(ApiPath path, int page, int limit, Use use) throws Failure {
    int count = 0;
    String last = "";
    while (true) {
      ApiPath request = path.with("limit", Integer.toString(Math.min(page, limit - count)));
      JsonNode answer = client.get(last.isEmpty() ? request : request.with("after", last));
      JsonNode data = answer.path("data");
      if (!data.isArray()) {
        throw new Failure(
            ExitCode.FAILED, "GET " + path + " answered without a list (expected: data)", "");
      }
      String next = "";
      for (JsonNode element : data) {
        use.of(element);
        next = Column.text(element.path("id"));
        count++;
      }
      boolean more = answer.path("has_more").asBoolean(false);
      if (!more || count >= limit) {
        return new Ending(answer, more);
      }
      if (next.isEmpty() || next.equals(last)) {
        throw new Failure(
            ExitCode.FAILED,
            "GET " + path + " promises more after '" + last + "' and does not give it",
            "");
      }
      last = next;
    }
  }

  private static JsonNode whole(JsonNode answer, List<JsonNode> items, boolean more) {
    ObjectNode whole = ((ObjectNode) answer).deepCopy();
    whole.put("has_more", more);
    ArrayNode data = whole.putArray("data");
    items.forEach(data::add);
    return whole;
  }
}
