/// Benchmarks of single steps of a message's way, on the real code. `.ci/bench run jmh` runs them.
package dev.waybill.relay.bench;
