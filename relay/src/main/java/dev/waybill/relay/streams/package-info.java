/// The kinds of mail that an application can send.
///
/// Before it: admission, which reads the application's wish. It promises one vocabulary. After it:
/// rendering, suppression and the events, which treat the kinds differently.
///
/// Read [Stream].
@NullMarked
package dev.waybill.relay.streams;

import org.jspecify.annotations.NullMarked;
