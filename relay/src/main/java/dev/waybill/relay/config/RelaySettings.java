package dev.waybill.relay.config;

import dev.waybill.relay.admin.AdminSettings;
import dev.waybill.relay.bouncereport.BounceReportSettings;
import dev.waybill.relay.breakers.BreakerSettings;
import dev.waybill.relay.delivery.DeliverySettings;
import dev.waybill.relay.dmarc.DmarcSettings;
import dev.waybill.relay.dns.SecureResolver;
import dev.waybill.relay.dns.TrustAnchors;
import dev.waybill.relay.domains.RecordPlanSettings;
import dev.waybill.relay.domains.VerificationSettings;
import dev.waybill.relay.feedback.FeedbackSettings;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.queue.QueueSettings;
import dev.waybill.relay.rendering.RenderingSettings;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.streams.Streams;
import dev.waybill.relay.submission.SubmissionSettings;
import dev.waybill.relay.tlsreport.TlsReportSettings;
import dev.waybill.relay.tracking.TrackingSettings;
import dev.waybill.relay.transport.TransportSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Everything the relay is told before it starts, one record for each room.
///
/// @param machine the process as a whole
/// @param database where rows are kept
/// @param dns whom to ask
/// @param submission the door for applications
/// @param certificate the operator's own; empty for a generated one
/// @param streams what kinds of mail there are
/// @param queue how mail is kept
/// @param plan what is put into domains' records
/// @param verification how often domains are looked up
/// @param rendering what copies carry
/// @param delivery how mail leaves
/// @param transport which demands on its way are asked for
/// @param tlsReports whether and as whom domains are told how sessions with them went
/// @param bounceReports whether applications are told by mail what came back
/// @param feedback the door for bounces and complaints
/// @param dmarc how long aggregate reports are kept
/// @param breakers when streams are held for their bounces and complaints
/// @param tracking the door for opens, clicks and unsubscribing
/// @param admin the door for operators
public record RelaySettings(
    Machine machine,
    DatabaseSettings database,
    Dns dns,
    SubmissionSettings submission,
    Optional<Certificate> certificate,
    Streams streams,
    QueueSettings queue,
    RecordPlanSettings plan,
    VerificationSettings verification,
    RenderingSettings rendering,
    DeliverySettings delivery,
    TransportSettings transport,
    TlsReportSettings tlsReports,
    BounceReportSettings bounceReports,
    FeedbackSettings feedback,
    DmarcSettings dmarc,
    BreakerSettings breakers,
    TrackingSettings tracking,
    AdminSettings admin) {

  /// The process as a whole.
  ///
  /// @param hostname the name under which other hosts know it
  /// @param dataDir the folder for everything that must survive a restart
  /// @param masterKey the secret that seals all others; empty to keep one in the data folder
  /// @param previousMasterKey the secret that others may still be sealed with
  /// @param shutdownGrace how long a stop waits for what is under way
  public record Machine(
      DomainName hostname,
      Path dataDir,
      Optional<String> masterKey,
      Optional<String> previousMasterKey,
      Duration shutdownGrace) {
    /// Never shows the secret.
    @Override
    public String toString() {
      return "Machine[" + hostname + ", " + dataDir + "]";
    }
  }

  /// Resolvers.
  ///
  /// @param servers empty for the system's
  /// @param timeout for one look-up with its retries
  /// @param anchors what DNSSEC begins with; empty to believe the servers' AD bit
  public record Dns(
      List<InetSocketAddress> servers, Duration timeout, Optional<TrustAnchors> anchors) {
    public Dns {
      servers = List.copyOf(servers);
      if (anchors.isEmpty()
          && (servers.isEmpty()
              || !servers.stream().allMatch(at -> at.getAddress().isLoopbackAddress()))) {
        throw new IllegalArgumentException(
            "dns.trust-ad: true (expected: dns.servers that are all on this machine's loopback)");
      }
    }

    /// Asks for answers that are proven.
    public SecureResolver secure() {
      return anchors
          .map(keys -> SecureResolver.validating(servers, timeout, keys))
          .orElseGet(() -> SecureResolver.trusting(servers, timeout));
    }
  }

  /// PEM files of the operator's certificate.
  public record Certificate(Path chain, Path key) {}
}
