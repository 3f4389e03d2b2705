/// The HTTP server that the relay's web doors stand on: routes, limits, JSON, problems.
///
/// **What comes before:** bytes from anywhere on the internet, or from an operator's tools.
///
/// **What this room promises:** a handler sees only a complete, well-formed, bounded request (RFC
/// 9110, RFC 9112, RFC 9113), answers leave in the order of their requests, a slow or hostile
/// client costs one connection for a bounded time, and a failing handler tells the client nothing
/// but "500".
///
/// **What comes after:** the rooms `tracking` and `admin` hand in their routes, and the
/// certificates if they want TLS.
///
/// Read [HttpServer], [HttpSettings], [HttpLimits], then [Route], [Routes], [Handler], [Request],
/// [Response], [Problem] and [Refusal]; then [Json] and [Parameters]. How a connection lives is in
/// `Connection`; `SecureWelcome` and `Http2Connection` are what comes before it over TLS.
@NullMarked
package dev.waybill.relay.http;

import org.jspecify.annotations.NullMarked;
