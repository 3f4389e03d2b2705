package dev.waybill.relay.admission;

import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an application asked for in control header fields, ours or those of other services.
///
/// Immutable; any thread may use it.
public sealed interface ControlHeaders {
  /// Everything that was asked for.
  ///
  /// @param stream null leaves it to the API key
  /// @param tag the application's label; null for none
  /// @param metadata the application's own facts
  /// @param trackOpens null leaves it to the domain
  /// @param trackClicks null leaves it to the domain
  /// @param sendAt when to send; null for at once
  /// @param idempotencyKey under which it may be handed in again; null for none
  record Wishes(
      @Nullable Stream stream,
      @Nullable String tag,
      Map<String, String> metadata,
      @Nullable Boolean trackOpens,
      @Nullable Boolean trackClicks,
      @Nullable Instant sendAt,
      @Nullable String idempotencyKey)
      implements ControlHeaders {
    public Wishes {
      metadata = Map.copyOf(metadata);
    }
  }

  /// A field says something that has no meaning, so the message must not go out.
  record Malformed(String name, String value, String expected) implements ControlHeaders {}

  /// Reads all control fields; our own names win over those of other services, and among equals the
  /// first one.
  ///
  /// @param now what `X-Waybill-Send-At` is compared with
  /// @param streams those that a field may name
  static ControlHeaders read(HeaderBlock header, Instant now, Streams streams) {
    ControlFieldReader reader = new ControlFieldReader(now, streams);
    try {
      for (HeaderBlock.Field field : header.fields()) {
        if (ControlFieldReader.isNative(field.name())) {
          reader.read(field.name(), header.value(field));
        }
      }
      for (HeaderBlock.Field field : header.fields()) {
        if (ControlFieldReader.isForeign(field.name())) {
          reader.read(field.name(), header.value(field));
        }
      }
    } catch (MalformedControl malformed) {
      return new Malformed(malformed.name(), malformed.value(), malformed.expected());
    }
    return reader.result();
  }
}
