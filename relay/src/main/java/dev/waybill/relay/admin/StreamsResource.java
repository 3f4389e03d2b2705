package dev.waybill.relay.admin;

import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.queue.QueueSettings;
import dev.waybill.relay.queue.RetrySchedule;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/streams`: the kinds of mail that there are, as configured.
final class StreamsResource {
  /// Durations in seconds.
  record RetryView(long first, long longest, long lifetime) {
    static RetryView of(RetrySchedule retry) {
      return new RetryView(
          retry.first().toSeconds(), retry.longest().toSeconds(), retry.lifetime().toSeconds());
    }
  }

  /// @param title what recipients know it by; null for none
  /// @param retention in seconds, of its settled messages and events
  record StreamView(
      String object,
      String name,
      String kind,
      @Nullable String title,
      RetryView retry,
      long retention) {}

  private final Streams streams;
  private final QueueSettings queue;

  StreamsResource(Streams streams, QueueSettings queue) {
    this.streams = streams;
    this.queue = queue;
  }

  List<Route> routes() {
    return List.of(Route.get("/streams", this::list));
  }

  /// The name of a stream that there is.
  ///
  /// @param field where it was given, for the refusal
  /// @return null for null
  static @Nullable String checked(Streams streams, String field, @Nullable String name) {
    return name == null
        ? null
        : streams
            .find(name)
            .map(Stream::name)
            .orElseThrow(
                () -> new Refusal(Problem.invalid(field, "\"" + name + "\"", streams.names())));
  }

  private Response list(Request request) {
    return Json.response(200, Page.of(false, streams.all().stream().map(this::view).toList()));
  }

  private StreamView view(Streams.Configured configured) {
    Stream stream = configured.stream();
    return new StreamView(
        "stream",
        stream.name(),
        stream.kind().text(),
        configured.title().isEmpty() ? null : configured.title(),
        RetryView.of(queue.retryOf(stream)),
        queue.retentionOf(stream).toSeconds());
  }
}
