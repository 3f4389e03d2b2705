package dev.waybill.relay.tls;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificates of many hosts: a folder of `<host>.crt` and `<host>.key` pairs, `_.` or `*.` in
/// front for a wildcard, and the newest of each whenever they change.
///
/// Any thread may ask; one looks. A pair that cannot be used is reported once; while its files stay
/// there, what they held before is shown.
public final class CertificateFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateFolder.class);
  private static final String CHAIN = ".crt";
  private static final String KEY = ".key";
  private static final int MOST = 10_000;
  private static final int DNS_NAME = 2;

  /// What one host shows.
  private record Shown(ReplaceableKeys keys, SSLContext context, X509Certificate certificate) {
    static Shown of(Identity identity) {
      ReplaceableKeys keys = new ReplaceableKeys();
      keys.show(identity);
      return new Shown(keys, keys.context(), identity.own());
    }

    /// The same context, so that clients may resume their sessions.
    Shown replacedBy(Identity identity) {
      keys.show(identity);
      return new Shown(keys, context, identity.own());
    }
  }

  private final Path folder;
  private final MultiGauge expiries;
  private volatile Map<String, Shown> shown = Map.of();

  /// The looking thread's own.
  private Map<String, List<Object>> seen = Map.of();

  private CertificateFolder(Path folder, MeterRegistry meters) {
    this.folder = folder;
    this.expiries =
        MultiGauge.builder("waybill.tracking.certificate.expires")
            .baseUnit("seconds")
            .description("when the certificate of each host ends, in seconds since 1970")
            .register(meters);
  }

  /// Reads the folder; pairs that cannot be used are reported and left out.
  ///
  /// @throws UncheckedIOException when the folder cannot be read
  public static CertificateFolder open(Path folder, MeterRegistry meters) {
    if (!Files.isDirectory(folder)) {
      throw new UncheckedIOException(
          new IOException(folder + " (expected: a folder of <host>.crt and <host>.key files)"));
    }
    CertificateFolder certificates = new CertificateFolder(folder, meters);
    certificates.look();
    return certificates;
  }

  /// The context for a host: its own, or that of the wildcard for its parent (RFC 9525 §6.3).
  ///
  /// @param host in lower case
  public Optional<SSLContext> context(String host) {
    Map<String, Shown> now = shown;
    Shown own = now.get(host);
    if (own == null) {
      int dot = host.indexOf('.');
      own = dot < 0 ? null : now.get("*" + host.substring(dot));
    }
    return Optional.ofNullable(own).map(Shown::context);
  }

  /// Reads what changed; a folder that cannot be read leaves everything as it was.
  public void look() {
    Map<String, PemPair> pairs;
    try {
      pairs = pairs();
    } catch (IOException | DirectoryIteratorException unreadable) {
      LOG.warn("{} cannot be read, its certificates stay as they are", folder, unreadable);
      return;
    }
    Map<String, List<Object>> stamps = new HashMap<>();
    Map<String, Shown> next = new HashMap<>();
    pairs.forEach((host, pair) -> {
      List<Object> before = seen.getOrDefault(host, List.of());
      List<Object> stamp = stamp(pair);
      Shown old = shown.get(host);
      Shown now = stamp.equals(before) ? old : read(host, pair, old);
      stamps.put(host, stamp);
      if (now != null) {
        next.put(host, now);
      }
    });
    seen = stamps;
    if (!next.equals(shown)) {
      shown = Map.copyOf(next);
      tell();
    }
  }

  private Map<String, PemPair> pairs() throws IOException {
    Map<String, PemPair> pairs = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + CHAIN)) {
      for (Path chain : files) {
        String name = Objects.requireNonNull(chain.getFileName()).toString();
        String stem = name.substring(0, name.length() - CHAIN.length());
        String host = stem.toLowerCase(Locale.ROOT).replaceFirst("^_\\.", "*.");
        pairs.put(host, new PemPair(chain, folder.resolve(stem + KEY)));
        if (pairs.size() > MOST) {
          throw new IOException("more than %,d certificates".formatted(MOST));
        }
      }
    }
    return pairs;
  }

  /// Empty while a file is missing.
  private static List<Object> stamp(PemPair pair) {
    try {
      return pair.stamp();
    } catch (IOException missing) {
      return List.of(missing.toString());
    }
  }

  private static @Nullable Shown read(String host, PemPair pair, @Nullable Shown old) {
    try {
      Identity identity = pair.read();
      requireName(host, pair.chain(), identity.own());
      LOG.info("the certificate for {}: {}", host, identity);
      return old == null ? Shown.of(identity) : old.replacedBy(identity);
    } catch (IOException | IllegalArgumentException unusable) {
      LOG.warn("the certificate for {} is not used: {}", host, unusable.toString());
      return old;
    }
  }

  /// A certificate that browsers would refuse helps nobody.
  private static void requireName(String host, Path chain, X509Certificate own) {
    if (names(own).noneMatch(name -> covers(name, host))) {
      throw new IllegalArgumentException(
          "%s (expected: a certificate for %s)".formatted(chain, host));
    }
  }

  private static Stream<String> names(X509Certificate own) {
    try {
      Collection<List<?>> names = own.getSubjectAlternativeNames();
      return names == null
          ? Stream.of()
          : names.stream()
              .filter(name -> Objects.equals(name.getFirst(), DNS_NAME))
              .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
    } catch (CertificateParsingException unreadable) {
      return Stream.of();
    }
  }

  private static boolean covers(String name, String host) {
    int dot = host.indexOf('.');
    return name.equals(host) || (dot > 0 && name.equals("*" + host.substring(dot)));
  }

  private void tell() {
    expiries.register(
        shown.entrySet().stream()
            .<MultiGauge.Row<?>>map(each ->
                MultiGauge.Row.of(
                    Tags.of("host", each.getKey()),
                    each.getValue().certificate().getNotAfter().toInstant().getEpochSecond()))
            .toList(),
        true);
  }
}
