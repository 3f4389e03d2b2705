package dev.waybill.relay.app;

import dev.waybill.relay.message.DomainName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/// The sandbox's relay in a configuration file, to look at and to start from. Stateless.
final class SandboxConfig {
  /// The name of the file, in the sandbox's folder.
  static final String NAME = "sandbox.yaml";

  private SandboxConfig() {}

  /// Writes the file anew.
  ///
  /// @param dns where the sandbox's DNS answers
  /// @return the file
  static Path write(Path folder, DomainName hostname, SandboxPorts ports, InetSocketAddress dns)
      throws IOException {
    Path file = folder.resolve(NAME);
    Files.writeString(
        file,
        """
        # The settings of this sandbox's relay, written anew by each start.
        hostname: %s
        data-dir: %s
        shutdown-grace: 5s
        dns:
          servers: ["127.0.0.1:%d"]
        submission:
          listen: 127.0.0.1:%d
          listen-tls: 127.0.0.1:%d
        feedback:
          listen: 127.0.0.1:%d
        tracking:
          listen: 127.0.0.1:%d
          url: http://127.0.0.1:%d
        admin:
          listen: 127.0.0.1:%d
        delivery:
          port: %d
          # The one mail host of this world is on loopback, and nothing else may ever be reached.
          allow-networks: ["127.0.0.1/32"]
          # Nobody here publishes policies, and its DNS has no signatures.
          mta-sts: false
          dane: false
          source-addresses: ["127.0.0.1"]
          retry:
            first: 10s
        """
            .formatted(
                hostname,
                quoted(folder),
                dns.getPort(),
                ports.submission(),
                ports.submissionTls(),
                ports.feedback(),
                ports.tracking(),
                ports.tracking(),
                ports.admin(),
                ports.mx()));
    return file;
  }

  /// YAML's double quotes: a folder may be called anything.
  private static String quoted(Path folder) {
    return '"' + folder.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
