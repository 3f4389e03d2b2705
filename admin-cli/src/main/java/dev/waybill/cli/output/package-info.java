/// Everything a person or a script reads. Before it come the API's answers as JSON trees; it
/// promises that data goes to standard output and talk to standard error, that what is copied is
/// never broken, that foreign text cannot steer the terminal, and that nothing outside this package
/// prints. After it comes the shell, which sees an [ExitCode].
///
/// In reading order: [Terminal] (the streams), [ExitCode] and [Failure] (how a command ends),
/// [Format], [Column], [Report] with [Table], [Csv] and [Json], [Paint], [Text].
@NullMarked
package dev.waybill.cli.output;

import org.jspecify.annotations.NullMarked;
