/// The one meter registry of the relay and its text for Prometheus.
///
/// **What comes before:** nothing; the rooms are handed the registry and register their own meters.
///
/// **What this room promises:** every meter named `waybill.…` comes out as `waybill_…`, beside the
/// customary `jvm_…`, `process_…` and `system_…` ones, and no mistake in a label can fill the
/// memory.
///
/// **What comes after:** the admin door serves the text at `/metrics`.
///
/// Read [Metrics].
@NullMarked
package dev.waybill.relay.metrics;

import org.jspecify.annotations.NullMarked;
