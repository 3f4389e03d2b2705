/// The operator's wishes: file and environment turned into the rooms' settings records.
///
/// Before it: `waybill.yaml` and the environment. It promises that a setting is either valid or
/// reported with its line, key, value and what was expected, and that all problems are reported at
/// once. After it: the wiring, which hands each room its record.
///
/// Read [Keys], [Key], [Kind], [ConfigFile], [Configuration].
@NullMarked
package dev.waybill.relay.config;

import org.jspecify.annotations.NullMarked;
