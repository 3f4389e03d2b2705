/// Time and chance, made in one place.
///
/// Before it: the operating system. It promises that nothing else reads a clock or makes random
/// numbers, so that tests can move time by hand. After it: every room, which is handed what it
/// needs.
///
/// Read [SystemClock], then [TimeOrderedIds].
@NullMarked
package dev.waybill.relay.clock;

import org.jspecify.annotations.NullMarked;
