package dev.waybill.relay.admin;

import dev.waybill.relay.breakers.Breaker;
import dev.waybill.relay.breakers.BreakerState;
import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.breakers.Figures;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.message.DomainName;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `/streams/breakers`: how the streams of each domain stand by their bounces and complaints, and
/// the release of one that is held.
final class BreakersResource {
  /// What became of copies within a window.
  ///
  /// @param bounceRate hard bounces in percent of what was delivered or refused
  /// @param complaintRate complaints in percent of what was delivered
  record FiguresView(
      long delivered,
      long refused,
      long hardBounces,
      long complaints,
      double bounceRate,
      double complaintRate) {
    static FiguresView of(Figures figures) {
      return new FiguresView(
          figures.delivered(),
          figures.refused(),
          figures.hard(),
          figures.complained(),
          rounded(figures.bounceRate()),
          rounded(figures.complaintRate()));
    }

    private static double rounded(double rate) {
      return Math.round(rate * 1_000) / 1_000.0;
    }
  }

  /// @param since since when it is in that state; null where it never was in another
  /// @param reason the figures that tripped it; null where none did
  /// @param recent within `delivery.breakers.window`
  /// @param longer within `delivery.breakers.long-window`
  record BreakerView(
      String object,
      String domain,
      String stream,
      String state,
      @Nullable String since,
      @Nullable String reason,
      FiguresView recent,
      FiguresView longer) {
    static BreakerView of(Breaker breaker) {
      return new BreakerView(
          "breaker",
          breaker.key().domain(),
          breaker.key().stream(),
          breaker.state().text(),
          Times.textOrNull(breaker.since()),
          breaker.reason(),
          FiguresView.of(breaker.recent()),
          FiguresView.of(breaker.longer()));
    }
  }

  /// Whose stream is released.
  record Release(@Nullable String domain) {}

  private final Breakers breakers;

  BreakersResource(Breakers breakers) {
    this.breakers = breakers;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/streams/breakers", this::list),
        Route.post("/streams/{stream}/release", this::release));
  }

  /// The streams of one domain.
  static List<BreakerView> of(Breakers breakers, DomainName domain) {
    return breakers.list(domain.value()).stream().map(BreakerView::of).toList();
  }

  /// How many streams there are in each state but `ok`.
  static Map<String, Long> countByState(Breakers breakers) {
    return breakers.unusual().stream()
        .collect(
            Collectors.groupingBy(
                each -> each.state().text(), TreeMap::new, Collectors.counting()));
  }

  private Response list(Request request) {
    @Nullable String domain =
        request.parameters().text("domain").map(BreakersResource::name).orElse(null);
    return Json.response(
        200, Page.of(false, breakers.list(domain).stream().map(BreakerView::of).toList()));
  }

  private Response release(Request request) {
    String given = Json.readWhole(request, Release.class).domain();
    if (given == null) {
      throw new Refusal(Problem.missing("domain"));
    }
    String stream = request.variable("stream");
    String domain = name(given);
    return breakers
        .release(domain, stream)
        .map(breaker -> Json.response(200, BreakerView.of(breaker)))
        .orElseThrow(() ->
            new Refusal(
                Problem.notFound(
                    "stream \"%s\" of %s is neither %s nor %s"
                        .formatted(
                            stream,
                            domain,
                            BreakerState.HELD.text(),
                            BreakerState.WARNED.text()))));
  }

  private static String name(String text) {
    return DomainName.parse(text)
        .map(DomainName::value)
        .orElseThrow(() ->
            new Refusal(
                Problem.invalid("domain", "\"" + text + "\"", "a name such as example.com")));
  }
}
