/// Lists that come from other programs, and how far a long transfer is.
///
/// Before it comes a command with a file in its hand; it promises that a file of any length is read
/// in bounded memory, that every row is either an entry or a named problem with its line, and that
/// a person sees how far it is. After it comes the admin API.
///
/// Reading order: [SuppressionFile], [Progress].
@NullMarked
package dev.waybill.cli.transfer;

import org.jspecify.annotations.NullMarked;
