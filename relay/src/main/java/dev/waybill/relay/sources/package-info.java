/// Sources: the local addresses that mail leaves from, each with the name that it says in EHLO,
/// which stream's mail leaves from which of them, and how much of it while an address is new.
///
/// *Before it:* what an operator wrote into the configuration. *Promise:* an address is there once
/// and in one pool, and every stream has a pool that exists; a new address sends no more in a day
/// than its warm-up allows, save for mail whose time is nearly over. Nothing here touches the
/// network. *After it:* delivery picks the address of each connection from its mail's pool, and the
/// doctor looks at every one.
///
/// Reading order: [SourcePools], [SourceAddress], [WarmUp], [WarmUps] with [SourceChoice],
/// [SourceUse].
@NullMarked
package dev.waybill.relay.sources;

import org.jspecify.annotations.NullMarked;
