package dev.waybill.relay.http;

/// Answers one request. Many threads call it at the same time.
@FunctionalInterface
public interface Handler {
  /// @throws Refusal when the request is wanting; any other exception becomes a bare 500 and is
  ///   logged
  Response handle(Request request);
}
