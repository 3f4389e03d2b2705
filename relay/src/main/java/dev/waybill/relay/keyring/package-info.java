/// The signing keys of sending domains, from being made to being destroyed.
///
/// Before it comes `domains`, which says for whom a key is and what the DNS shows of it. This room
/// promises that a private key rests only sealed under the master key; that at every moment one RSA
/// key of a domain signs, and only one whose public half was seen in the DNS takes over from
/// another; and that a private key is destroyed once nothing can need it. After it come `dkim`,
/// which signs with an opened key, and the database.
///
/// | role | what it does | becomes |
/// |---|---|---|
/// | `standby` | is published ahead, so that rotating needs no change in the DNS | `active` once it is wanted and seen in the DNS |
/// | `active` | signs | `retiring` when another takes over |
/// | `retiring` | stays published for the mail that it signed | `retired` when the longest retry is over |
/// | `retired` | nothing: its private half is destroyed, its selector never used again | |
///
/// Reading order: [DomainKey], [KeyWish], `Selectors`, [Keyring], [KeyLife], [DomainKeyStore].
@NullMarked
package dev.waybill.relay.keyring;

import org.jspecify.annotations.NullMarked;
