package dev.waybill.cli.commands;

import dev.waybill.cli.client.SubmissionDoor;
import dev.waybill.cli.client.Target;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a command that sends mail finds the submission door. One thread uses it.
final class SubmissionOptions {
  private static final int SUBMISSION_PORT = 2587;
  private static final int SUBMISSION_TLS_PORT = 2465;

  @Option(
      names = "--smtp",
      paramLabel = "HOST:PORT",
      description = "The submission door (default: the API's host, port 2587, or 2465 with --tls).")
  @Nullable String smtp;

  @Option(names = "--tls", description = "TLS from the first octet instead of STARTTLS.")
  boolean implicitTls;

  @Option(
      names = "--insecure",
      description = "Take any certificate; on this machine's own addresses that is the default.")
  boolean insecure;

  /// Whether any of them was given.
  boolean given() {
    return smtp != null || implicitTls || insecure;
  }

  /// The door of a relay.
  SubmissionDoor door(Target target) throws Failure {
    String host = target.url().getHost();
    int port = implicitTls ? SUBMISSION_TLS_PORT : SUBMISSION_PORT;
    if (smtp != null) {
      int colon = smtp.lastIndexOf(':');
      host = colon < 0 ? smtp : smtp.substring(0, colon);
      port = colon < 0 ? port : port(smtp.substring(colon + 1));
    }
    if (host.isEmpty() || port < 1) {
      throw new Failure(ExitCode.USAGE, "--smtp: " + smtp + " (expected: HOST or HOST:PORT)", "");
    }
    return new SubmissionDoor(
        host, port, target.token(), implicitTls, insecure || Target.isLocal(host));
  }

  /// 0 for what is no port.
  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      return port > 65_535 ? 0 : port;
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
