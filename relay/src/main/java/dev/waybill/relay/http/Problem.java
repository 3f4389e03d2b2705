package dev.waybill.relay.http;

/// Something that a client did wrong or that the relay cannot do now, in words for the client.
///
/// The names are those that Resend's API uses, so that its client libraries understand them.
///
/// @param status the HTTP status, 400 to 599
/// @param name a stable name for programs, such as `validation_error`
/// @param message for people; names the value and what was expected, never an internal detail
public record Problem(int status, String name, String message) {
  private static final String VALIDATION_ERROR = "validation_error";

  public Problem {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("status: %d (expected: 400..599)".formatted(status));
    }
  }

  /// 400: the request itself cannot be read.
  public static Problem unreadable(String message) {
    return new Problem(400, VALIDATION_ERROR, message);
  }

  /// 422: a value is not what was expected.
  public static Problem invalid(String message) {
    return new Problem(422, VALIDATION_ERROR, message);
  }

  /// 422: the named value with what was expected instead.
  public static Problem invalid(String field, String value, String expected) {
    String shown = value.length() <= 100 ? value : value.substring(0, 100) + "…";
    return invalid("%s: %s (expected: %s)".formatted(field, shown, expected));
  }

  /// 422: a field is missing.
  public static Problem missing(String field) {
    return new Problem(
        422, "missing_required_field", "%s is missing (it is required)".formatted(field));
  }

  /// 404.
  public static Problem notFound(String message) {
    return new Problem(404, "not_found", message);
  }

  /// 409: what was asked for stands in the way of something that exists.
  public static Problem conflict(String message) {
    return new Problem(409, VALIDATION_ERROR, message);
  }

  static Problem methodNotAllowed(String method) {
    return new Problem(
        405, "method_not_allowed", "method %s is not allowed here".formatted(method));
  }

  /// 421: the host is none of this server's (RFC 9110 §15.5.20).
  static Problem misdirected() {
    return new Problem(421, "misdirected_request", "this host is not served here");
  }

  static Problem payloadTooLarge(int limit) {
    return new Problem(
        413, "payload_too_large", "the request body is larger than %,d bytes".formatted(limit));
  }

  static Problem internal() {
    return new Problem(500, "internal_server_error", "something went wrong on our side");
  }
}
