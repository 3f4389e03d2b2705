/// Shaping: how much a destination is asked to take, and whose mail goes first.
///
/// *Before it:* a data file with what is known of the large providers, and the operator's own word.
/// *Promise:* what a host says about our pace is heeded at once and forgotten slowly; one sender's
/// mail never keeps another's waiting, nor one site's that of another of its provider; nothing here
/// knows the network, and time is handed in. *After it:* delivery asks before it connects and
/// before it sends.
///
/// Reading order: [Rate], [SiteLimits], [ProviderLimits], [Shaping], [TokenRate], [SitePace],
/// [ProviderBudget], [Throttling], [Flow], [FairQueue].
@NullMarked
package dev.waybill.relay.shaping;

import org.jspecify.annotations.NullMarked;
