/// The program: its commands, the wiring of all rooms, and their life from start to stop.
///
/// Before it: the command line. It promises that the rooms are connected in one place, in the order
/// in which a message passes them, and that a stop loses nothing. After it: every room.
///
/// Read [Main], [Relay], `Upkeep`, `SandboxCommand`.
@NullMarked
package dev.waybill.relay.app;

import org.jspecify.annotations.NullMarked;
