/// The operators' web door: the admin API in the shape of Resend's, metrics and health.
///
/// **What comes before:** `waybillctl`, Resend's client libraries, Prometheus, load balancers.
///
/// **What this room promises:** everything but health and metrics needs a full-access key; errors
/// have one shape and name the value and what was expected; nothing is decided here that a ledger
/// decides.
///
/// **What comes after:** the ledgers `domains`, `access`, `suppression`, the `queue`, the journal,
/// `transcripts` for what was said, and `rendering` for what was changed in a message.
///
/// Read [AdminDoor], then `Authentication` and `Page`, then one class per noun: `DomainsResource`,
/// `DoctorResource`, `ApiKeysResource`, `SuppressionsResource`, `StreamsResource`, `QueueResource`,
/// `QueueOperationsResource`, `EmailsResource`, `TraceResource`, `EventsResource`,
/// `StatusResource`, `HealthResource`, `MetricsResource`. [FirstKey] makes the key that a new
/// installation starts with.
@NullMarked
package dev.waybill.relay.admin;

import org.jspecify.annotations.NullMarked;
