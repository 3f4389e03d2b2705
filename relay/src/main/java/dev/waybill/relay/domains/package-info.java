/// The domains that may send: their settings, signing keys, DNS records and how far they are
/// verified.
///
/// Before this room comes an operator who registers a domain and publishes the records it shows. It
/// promises that the mail path gets its answers from memory and never from the database; that
/// signing changes from one key to another in one step, and only to a key that the DNS shows; and
/// that only what the DNS says can lower a domain, never its silence: a verified domain stays able
/// to mail through any outage of the DNS, and for 72 hours after the DNS began to say no. After it
/// come admission (may this From domain mail?), rendering (with which keys is the copy signed?) and
/// the admin API.
///
/// | status | becomes | when |
/// |---|---|---|
/// | `not_started` | `pending` | at the first check |
/// | `pending` | `verified` | every required record is right |
/// | `pending` | `failed` | a scheduled check finds one missing or wrong, 72 hours on |
/// | `verified` | `temporary_failure` | a scheduled check finds one missing or wrong |
/// | `temporary_failure` | `verified` | every required record is right again |
/// | `temporary_failure` | `failed` | a scheduled check finds one missing or wrong, 72 hours on
///
/// | | `failed` | `pending`, `verified` | only when an operator asks |
///
/// Reading order: [Domains], [SendingDomain], `RegistrationRules`, `Registration`, `RecordPlan`,
/// `Inspection` with `SpfInspection`, `DkimInspection` and `DmarcInspection`, `StatusRules`,
/// `Absence`, `Verification`, [VerificationSchedule], `KeyWatch`, [Rotation], `DomainNews`,
/// `DomainSnapshot`, `DomainStore`. The keys themselves: room `keyring`; what a domain shows to
/// recipients: room `brand`.
@NullMarked
package dev.waybill.relay.domains;

import org.jspecify.annotations.NullMarked;
