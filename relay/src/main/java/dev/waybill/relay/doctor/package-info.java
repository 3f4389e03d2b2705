/// Everything between this host and a good delivery, judged against what receivers publish.
///
/// **What comes before:** an operator who asks about one domain, once.
///
/// **What this room promises:** each verdict says what was found, who asks for it and what to do;
/// what did not answer is `unknown` and never a failure; nothing is sent to anybody, and no
/// connection goes to a private address unless the operator allowed it; a run ends in its time
/// whatever the others do.
///
/// **What comes after:** the admin API shows the [Report]; nothing is stored here.
///
/// Reading order: [Doctor], [Report], [Diagnosis], [Check], [DoctorSettings], [Instruments], then
/// one class for each question: `SourceCheck` (from where does mail leave?), `ReverseNameCheck`,
/// `HeloCheck`, `OutboundCheck` with `ClockCheck`, `SpfCheck`, `RecordCheck`, `FeedbackCheck`,
/// `TrackingCheck` with `WebVisit`, `CertificateCheck`.
@NullMarked
package dev.waybill.relay.doctor;

import org.jspecify.annotations.NullMarked;
