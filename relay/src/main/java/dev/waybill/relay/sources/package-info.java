/// Sources: the local addresses that mail leaves from, each with the name that it says in EHLO, and
/// which stream's mail leaves from which of them.
///
/// *Before it:* what an operator wrote into the configuration. *Promise:* an address is there once
/// and in one pool, and every stream has a pool that exists; nothing here touches the network.
/// *After it:* delivery picks the address of each connection from its mail's pool, and the doctor
/// looks at every one.
///
/// Reading order: [SourcePools], [SourceAddress].
@NullMarked
package dev.waybill.relay.sources;

import org.jspecify.annotations.NullMarked;
