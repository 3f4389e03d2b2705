package dev.waybill.relay.admin;

import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.WarmUp;
import dev.waybill.relay.sources.WarmUps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/sources`: the addresses that mail leaves from, as configured, and how far new ones are.
final class SourcesResource {
  /// @param begins a day of UTC
  /// @param day which one of it today is; 1 is the first, and it has not begun below
  /// @param sentToday messages, of all nodes
  /// @param allowedToday messages; null for no limit
  record WarmUpView(String begins, long day, long sentToday, @Nullable Long allowedToday) {}

  /// @param warmUp null for an address that receivers know
  record SourceView(
      String object, String address, String pool, String helo, @Nullable WarmUpView warmUp) {}

  private final WarmUps warmUps;

  SourcesResource(WarmUps warmUps) {
    this.warmUps = warmUps;
  }

  List<Route> routes() {
    return List.of(Route.get("/sources", this::list));
  }

  private Response list(Request request) {
    return Json.response(
        200, Page.of(false, warmUps.standings().stream().map(SourcesResource::view).toList()));
  }

  private static SourceView view(WarmUps.Standing standing) {
    SourceAddress source = standing.source();
    WarmUp warmUp = source.warmUp();
    return new SourceView(
        "source",
        source.address().getHostAddress(),
        source.pool(),
        source.heloName(),
        warmUp == null
            ? null
            : new WarmUpView(
                warmUp.begins().toString(),
                standing.day(),
                standing.sent(),
                standing.isLimited() ? standing.allowed() : null));
  }
}
