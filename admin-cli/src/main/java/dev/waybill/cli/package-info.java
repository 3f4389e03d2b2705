/// `waybillctl`, the administrator's command. It knows the relay only by its admin API and shares
/// no code with it.
///
/// In reading order: [AdminCli] (the start), `commands` (what can be asked for), `client` (the way
/// to the relay), `records` (DNS records ready to paste), `handout` (instructions for those who
/// publish them), `live` (what changes on the screen), `output` (what is read).
@NullMarked
package dev.waybill.cli;

import org.jspecify.annotations.NullMarked;
