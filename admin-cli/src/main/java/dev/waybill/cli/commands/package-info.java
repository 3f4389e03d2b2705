/// What a user can ask for: one class for each noun, one method for each verb. Before it comes the
/// command line; it promises that a verb checks what it was given before anything is sent, sends
/// what its help says, and ends with an exit code that scripts can rely on. After it come the
/// requests of the client and the data of the output.
///
/// In reading order: [Waybillctl] (the options of all), [CommandTree], then the nouns:
/// [DomainsCommand] with [DomainAddCommand], [DomainUpdateCommand], [VerificationWatch],
/// [RotateKeyCommand] and [InstructionsCommand], [ApiKeysCommand], [SuppressionsCommand],
/// [QueueCommand], [EventsCommand], [StatusCommand], [LoginCommand], [CompletionCommand].
@NullMarked
package dev.waybill.cli.commands;

import org.jspecify.annotations.NullMarked;
