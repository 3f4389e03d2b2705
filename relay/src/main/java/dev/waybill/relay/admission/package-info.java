/// Decides whether a message may be sent, and writes nothing.
///
/// Before this room, `submission` read the message and knows who its client is. It promises that
/// whatever it admits has exactly one accountable author domain that is registered, verified and
/// allowed for the key, a well-formed header, and understood control headers; the same values
/// always give the same verdict. After it, `queue` takes responsibility for what was admitted.
///
/// Read [dev.waybill.relay.admission.Submission], [dev.waybill.relay.admission.Admission],
/// [dev.waybill.relay.admission.Verdict], then [dev.waybill.relay.admission.ControlHeaders].
@NullMarked
package dev.waybill.relay.admission;

import org.jspecify.annotations.NullMarked;
