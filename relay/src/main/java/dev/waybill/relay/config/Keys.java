package dev.waybill.relay.config;

import dev.waybill.relay.breakers.BreakerSettings;
import dev.waybill.relay.dmarc.DmarcSettings;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.smtp.IpNetwork;
import dev.waybill.relay.tracking.Privacy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Every setting there is, with its default.
public final class Keys {
  private static final List<Key<?>> ALL = new ArrayList<>();

  /// Where the relay looks for its settings: the names under which hosts know it.
  public static final Key<DomainName> HOSTNAME = single("hostname", Kind.hostName(), "");

  public static final Key<Path> DATA_DIR = single("data-dir", Kind.path(), "data");
  public static final Key<Duration> SHUTDOWN_GRACE =
      single("shutdown-grace", Kind.duration(), "30s");

  public static final Key<String> DATABASE_URL = single("database.url", Kind.text(), "");
  public static final Key<String> DATABASE_USER = single("database.user", Kind.text(), "waybill");
  public static final Key<String> DATABASE_PASSWORD = secret("database.password", Kind.text());
  public static final Key<Integer> DATABASE_POOL_SIZE =
      single("database.pool-size", Kind.number(2, 200), "10");
  public static final Key<String> MASTER_KEY = secret("secrets.master-key", Kind.longText(32));
  public static final Key<String> PREVIOUS_MASTER_KEY =
      secret("secrets.previous-master-key", Kind.longText(32));

  public static final Key<InetSocketAddress> DNS_SERVERS =
      list("dns.servers", Kind.serverAddress(), "");
  public static final Key<Duration> DNS_TIMEOUT = single("dns.timeout", Kind.duration(), "10s");
  public static final Key<Path> DNS_TRUST_ANCHORS = single("dns.trust-anchors", Kind.path(), "");
  public static final Key<Boolean> DNS_TRUST_AD = single("dns.trust-ad", Kind.yesOrNo(), "false");

  public static final Key<InetSocketAddress> SUBMISSION_LISTEN =
      single("submission.listen", Kind.listenAddress(), "0.0.0.0:2587");
  public static final Key<InetSocketAddress> SUBMISSION_LISTEN_TLS =
      single("submission.listen-tls", Kind.listenAddress(), "0.0.0.0:2465");
  public static final Key<Path> SUBMISSION_CERTIFICATE =
      single("submission.certificate", Kind.path(), "");
  public static final Key<Path> SUBMISSION_PRIVATE_KEY =
      single("submission.private-key", Kind.path(), "");
  public static final Key<Long> SUBMISSION_MAX_MESSAGE_SIZE =
      single("submission.max-message-size", Kind.size(), "25MiB");
  public static final Key<Integer> SUBMISSION_MAX_RECIPIENTS =
      single("submission.max-recipients", Kind.number(1, 10_000), "1000");
  public static final Key<Integer> SUBMISSION_MAX_CONNECTIONS =
      single("submission.max-connections", Kind.number(1, 100_000), "1000");
  public static final Key<Integer> SUBMISSION_CONNECTIONS_PER_ADDRESS =
      single("submission.connections-per-address", Kind.number(1, 100_000), "100");
  public static final Key<Integer> SUBMISSION_MESSAGES_PER_CONNECTION =
      single("submission.messages-per-connection", Kind.number(1, 1_000_000), "10000");
  public static final Key<Long> SUBMISSION_MAX_HEADER_SIZE =
      single("submission.max-header-size", Kind.size(), "256KiB");
  public static final Key<Integer> SUBMISSION_MAX_HEADER_FIELDS =
      single("submission.max-header-fields", Kind.number(10, 10_000), "1000");
  public static final Key<Integer> SUBMISSION_MIME_DEPTH =
      single("submission.mime-depth", Kind.number(1, 200), "50");
  public static final Key<Long> SUBMISSION_MEMORY =
      single("submission.memory", Kind.size(), "64MiB");
  public static final Key<IpNetwork> SUBMISSION_ALLOW_PLAINTEXT_AUTH =
      list("submission.allow-plaintext-auth", network(), "127.0.0.0/8,::1/128");
  public static final Key<IpNetwork> SUBMISSION_TRUSTED_NETWORKS =
      list("submission.trusted-networks", network(), "");
  public static final Key<IpNetwork> SUBMISSION_PROXY_NETWORKS =
      list("submission.proxy-networks", network(), "");
  public static final Key<Duration> SUBMISSION_TIMEOUT_IDLE =
      single("submission.timeouts.idle", Kind.duration(), "5m");
  public static final Key<Duration> SUBMISSION_TIMEOUT_COMMAND =
      single("submission.timeouts.command", Kind.duration(), "1m");
  public static final Key<Duration> SUBMISSION_TIMEOUT_DATA =
      single("submission.timeouts.data", Kind.duration(), "30m");
  public static final Key<Duration> SUBMISSION_TIMEOUT_HANDSHAKE =
      single("submission.timeouts.handshake", Kind.duration(), "30s");
  public static final Key<Duration> SUBMISSION_TIMEOUT_SESSION =
      single("submission.timeouts.session", Kind.duration(), "4h");

  public static final Key<InetSocketAddress> FEEDBACK_LISTEN =
      single("feedback.listen", Kind.listenAddress(), "0.0.0.0:2526");
  public static final Key<Long> FEEDBACK_MAX_MESSAGE_SIZE =
      single("feedback.max-message-size", Kind.size(), "10MiB");
  public static final Key<Integer> FEEDBACK_MAX_CONNECTIONS =
      single("feedback.max-connections", Kind.number(1, 100_000), "100");
  public static final Key<Integer> FEEDBACK_MESSAGES_PER_MINUTE =
      single("feedback.messages-per-minute", Kind.number(0, 1_000_000), "600");
  public static final Key<InetSocketAddress> TRACKING_LISTEN =
      single("tracking.listen", Kind.listenAddress(), "0.0.0.0:8080");
  public static final Key<InetSocketAddress> TRACKING_LISTEN_TLS =
      single("tracking.listen-tls", Kind.listenAddress(), "");
  public static final Key<Path> TRACKING_CERTIFICATES =
      single("tracking.certificates", Kind.path(), "");
  public static final Key<Privacy> TRACKING_PRIVACY =
      single("tracking.privacy", Kind.oneOf(Privacy.class), "truncated");
  public static final Key<IpNetwork> TRACKING_PROXY_NETWORKS =
      list("tracking.proxy-networks", network(), "");
  public static final Key<URI> TRACKING_URL = single("tracking.url", Kind.webAddress(), "");
  public static final Key<InetSocketAddress> ADMIN_LISTEN =
      single("admin.listen", Kind.listenAddress(), "127.0.0.1:8081");

  public static final Key<Integer> DELIVERY_PORT =
      single("delivery.port", Kind.number(1, 65_535), "25");
  public static final Key<InetAddress> DELIVERY_SOURCE_ADDRESSES =
      list("delivery.source-addresses", Kind.address(), "");
  public static final Key<DomainName> DELIVERY_HELO = single("delivery.helo", Kind.hostName(), "");
  public static final Key<IpNetwork> DELIVERY_ALLOW_NETWORKS =
      list("delivery.allow-networks", network(), "");
  public static final Key<Integer> DELIVERY_SITE_CONNECTIONS =
      single("delivery.site-connections", Kind.number(1, 1_000), "20");
  public static final Key<Integer> DELIVERY_TOTAL_CONNECTIONS =
      single("delivery.total-connections", Kind.number(1, 100_000), "500");
  public static final Key<Integer> DELIVERY_MESSAGES_PER_CONNECTION =
      single("delivery.messages-per-connection", Kind.number(1, 100_000), "100");
  public static final Key<Duration> DELIVERY_IDLE_CONNECTION =
      single("delivery.idle-connection", Kind.duration(), "5s");
  public static final Key<Long> DELIVERY_MEMORY = single("delivery.memory", Kind.size(), "256MiB");
  public static final Key<Integer> DELIVERY_READY_LIMIT =
      single("delivery.ready-limit", Kind.number(1, 10_000_000), "20000");
  public static final Key<Path> DELIVERY_TRUSTED_CERTIFICATES =
      single("delivery.trusted-certificates", Kind.path(), "");
  public static final Key<Boolean> DELIVERY_MTA_STS =
      single("delivery.mta-sts", Kind.yesOrNo(), "true");
  public static final Key<Boolean> DELIVERY_DANE = single("delivery.dane", Kind.yesOrNo(), "true");
  public static final Key<Boolean> DELIVERY_BOUNCE_REPORTS =
      single("delivery.bounce-reports", Kind.yesOrNo(), "false");
  public static final Key<Duration> DELIVERY_TIMEOUT_CONNECT =
      single("delivery.timeouts.connect", Kind.duration(), "30s");
  public static final Key<Duration> DELIVERY_TIMEOUT_BANNER =
      single("delivery.timeouts.banner", Kind.duration(), "5m");
  public static final Key<Duration> DELIVERY_TIMEOUT_HANDSHAKE =
      single("delivery.timeouts.handshake", Kind.duration(), "1m");
  public static final Key<Duration> DELIVERY_TIMEOUT_MAIL =
      single("delivery.timeouts.mail", Kind.duration(), "5m");
  public static final Key<Duration> DELIVERY_TIMEOUT_RCPT =
      single("delivery.timeouts.rcpt", Kind.duration(), "5m");
  public static final Key<Duration> DELIVERY_TIMEOUT_DATA =
      single("delivery.timeouts.data", Kind.duration(), "2m");
  public static final Key<Duration> DELIVERY_TIMEOUT_BLOCK =
      single("delivery.timeouts.block", Kind.duration(), "3m");
  public static final Key<Duration> DELIVERY_TIMEOUT_END =
      single("delivery.timeouts.end", Kind.duration(), "10m");
  public static final Key<Duration> DELIVERY_RETRY_FIRST =
      single("delivery.retry.first", Kind.duration(), "1m");
  public static final Key<Duration> DELIVERY_RETRY_LONGEST =
      single("delivery.retry.longest", Kind.duration(), "4h");
  public static final Key<Duration> DELIVERY_RETRY_LIFETIME =
      single("delivery.retry.lifetime", Kind.duration(), "5d");

  public static final Key<BreakerSettings.Mode> BREAKERS_MODE =
      single("delivery.breakers.mode", Kind.oneOf(BreakerSettings.Mode.class), "hold");
  public static final Key<Duration> BREAKERS_WINDOW =
      single("delivery.breakers.window", Kind.duration(), "24h");
  public static final Key<Duration> BREAKERS_LONG_WINDOW =
      single("delivery.breakers.long-window", Kind.duration(), "7d");
  public static final Key<Integer> BREAKERS_MINIMUM_VOLUME =
      single("delivery.breakers.minimum-volume", Kind.number(1, 10_000_000), "500");
  public static final Key<Double> BREAKERS_COMPLAINTS_WARN =
      single("delivery.breakers.complaint-warn", Kind.percentage(), "0.1%");
  public static final Key<Double> BREAKERS_COMPLAINTS_HOLD =
      single("delivery.breakers.complaint-hold", Kind.percentage(), "0.3%");
  public static final Key<Double> BREAKERS_BOUNCES_WARN =
      single("delivery.breakers.bounce-warn", Kind.percentage(), "2%");
  public static final Key<Double> BREAKERS_BOUNCES_HOLD =
      single("delivery.breakers.bounce-hold", Kind.percentage(), "5%");

  public static final Key<Boolean> TLS_REPORTS_ENABLED =
      single("tls-reports.enabled", Kind.yesOrNo(), "false");
  public static final Key<String> TLS_REPORTS_ORGANIZATION =
      single("tls-reports.organization", Kind.text(), "");
  public static final Key<EmailAddress> TLS_REPORTS_CONTACT =
      single("tls-reports.contact", mailbox(), "");
  public static final Key<EmailAddress> TLS_REPORTS_FROM =
      single("tls-reports.from", mailbox(), "");

  public static final Key<String> DOMAINS_SPF_MECHANISMS =
      list("domains.spf-mechanisms", Kind.text(), "");
  public static final Key<DomainName> DOMAINS_FEEDBACK_HOST =
      single("domains.feedback-host", Kind.hostName(), "");
  public static final Key<DomainName> DOMAINS_TRACKING_HOST =
      single("domains.tracking-host", Kind.hostName(), "");

  public static final Key<Duration> VERIFICATION_FIRST =
      single("verification.first-interval", Kind.duration(), "1m");
  public static final Key<Duration> VERIFICATION_LONGEST =
      single("verification.longest-interval", Kind.duration(), "1h");
  public static final Key<Duration> VERIFICATION_RECHECK =
      single("verification.recheck-interval", Kind.duration(), "1h");
  public static final Key<Duration> VERIFICATION_PATIENCE =
      single("verification.patience", Kind.duration(), "72h");

  public static final Key<Duration> RETENTION_HISTORY =
      single("retention.history", Kind.duration(), "30d");
  public static final Key<Duration> RETENTION_RAW =
      single("retention.raw", Kind.durationOrNone(), "1d");
  public static final Key<Long> RETENTION_RAW_SIZE =
      single("retention.raw-size", Kind.size(), "1GiB");
  public static final Key<Duration> RETENTION_TRANSCRIPTS =
      single("retention.transcripts", Kind.durationOrNone(), "3d");
  public static final Key<Long> RETENTION_TRANSCRIPTS_SIZE =
      single("retention.transcripts-size", Kind.size(), "256MiB");
  public static final Key<Duration> RETENTION_DMARC_REPORTS =
      single(
          "retention.dmarc-reports",
          Kind.duration(
              "a duration from 1d to 3650d", DmarcSettings.SHORTEST, DmarcSettings.LONGEST),
          "400d");
  public static final Key<Long> STORAGE_MIN_FREE_DISK =
      single("storage.min-free-disk", Kind.size(), "256MiB");
  public static final Key<Duration> STORAGE_SLOW_COMMIT =
      single("storage.slow-commit", Kind.duration(), "5s");

  private Keys() {}

  /// Every key in the order of the configuration file.
  public static List<Key<?>> all() {
    return Collections.unmodifiableList(ALL);
  }

  private static Kind<EmailAddress> mailbox() {
    return new Kind<>("an address such as tls@example.com", EmailAddress::parse);
  }

  private static Kind<IpNetwork> network() {
    return new Kind<>("a network such as 10.0.0.0/8 or ::1/128", IpNetwork::parse);
  }

  private static <T> Key<T> single(String name, Kind<T> kind, String standard) {
    return entered(new Key<>(name, kind, Key.Form.SINGLE, standard));
  }

  private static <T> Key<T> list(String name, Kind<T> kind, String standard) {
    return entered(new Key<>(name, kind, Key.Form.LIST, standard));
  }

  private static Key<String> secret(String name, Kind<String> kind) {
    return entered(new Key<>(name, kind, Key.Form.SECRET, ""));
  }

  private static <T> Key<T> entered(Key<T> key) {
    ALL.add(key);
    return key;
  }
}
