/// What the person who looks after a domain's DNS gets to read: who asks and why, each record to
/// publish, the usual traps, how to check. Before it come the records of the API's answer; it
/// promises that somebody who knows nothing of this relay can act on it, that values can be copied
/// whole, and that nothing in it runs or is loaded from elsewhere. After it comes a mail, a file or
/// a browser.
///
/// In reading order: [Handout] (what is told), [Advice] (its words), then its two shapes:
/// [PlainHandout], [HtmlHandout].
@NullMarked
package dev.waybill.cli.handout;

import org.jspecify.annotations.NullMarked;
