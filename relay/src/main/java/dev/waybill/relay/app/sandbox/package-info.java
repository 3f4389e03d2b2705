/// The world around the relay in `waybill sandbox`: a DNS, a receiving mail host and an inbox, all
/// on loopback.
///
/// **Before it:** the real relay, which looks up MX records and delivers by SMTP as it does in the
/// world. **What it promises:** every message is judged on the exact bytes that arrived by code
/// that the relay does not use (Apache jSPF, jDKIM's verifier, an own DMARC check), against what
/// the sandbox's DNS publishes at that moment; nothing leaves loopback; memory is bounded. **After
/// it:** a person looking at a page, or a script reading its API.
///
/// Reading order: [dev.waybill.relay.app.sandbox.SandboxZone] and
/// [dev.waybill.relay.app.sandbox.SandboxDns] (names),
/// [dev.waybill.relay.app.sandbox.SandboxMailHost] (the receiving host),
/// [dev.waybill.relay.app.sandbox.ReceiverChecks] (the verdicts),
/// [dev.waybill.relay.app.sandbox.Mailroom] (what arrived),
/// [dev.waybill.relay.app.sandbox.ArfSender] (complaints go back),
/// [dev.waybill.relay.app.sandbox.InboxRoutes] (pages and API),
/// [dev.waybill.relay.app.sandbox.SampleMessages] and
/// [dev.waybill.relay.app.sandbox.SampleSubmitter] (the first two messages),
/// [dev.waybill.relay.app.sandbox.SandboxFile] and [dev.waybill.relay.app.sandbox.SandboxBanner]
/// (how to reach it all).
@NullMarked
package dev.waybill.relay.app.sandbox;

import org.jspecify.annotations.NullMarked;
