/// The kinds of mail that an application can send.
///
/// Before it: the configuration, which names streams beside the two that are built in. It promises
/// one vocabulary: a message keeps its stream and the stream's kind although the configuration may
/// change, and the name of a kind's built-in stream stands for all streams of the kind wherever
/// somebody unsubscribes or is suppressed. After it: admission, rendering, suppression and the
/// queue, which treat the kinds differently.
///
/// Read [Stream], then [Streams].
@NullMarked
package dev.waybill.relay.streams;

import org.jspecify.annotations.NullMarked;
