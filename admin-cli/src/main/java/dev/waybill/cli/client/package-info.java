/// The way to a relay's admin API. Before it come the command line, the environment and the file
/// that `login` wrote; it promises that a key goes nowhere but to the address it was given for and
/// into no message, that every wait and every answer is bounded, and that whatever goes wrong ends
/// as a [dev.waybill.cli.output.Failure] with advice. After it come the commands, which see JSON
/// trees.
///
/// In reading order: [Settings] (what was configured), [ConfigFile], [Target] and [ApiToken],
/// [AdminClient], [ApiPath], [Pages], [Patience].
@NullMarked
package dev.waybill.cli.client;

import org.jspecify.annotations.NullMarked;
