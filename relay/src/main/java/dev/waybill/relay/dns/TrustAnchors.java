package dev.waybill.relay.dns;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/// The keys that DNSSEC begins with (RFC 4035 §4.4): those of the root, or of whatever zones the
/// operator says. A value; any thread may use it.
public final class TrustAnchors {
  private static final int MAX_OCTETS = 1 << 20;
  private static final String BUILT_IN = "root-anchors.txt";

  private final byte[] lines;
  private final Name zone;

  private TrustAnchors(byte[] lines, Name zone) {
    this.lines = lines;
    this.zone = zone;
  }

  /// Reads DS or DNSKEY records.
  ///
  /// @param file lines as in a zone file; empty for the root's keys as IANA publishes them
  /// @throws IllegalArgumentException when the file cannot be read or has no such record
  public static TrustAnchors of(Optional<Path> file) {
    try {
      return read(file.isPresent() ? Files.readAllBytes(file.get()) : builtIn());
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          "dns.trust-anchors: %s (expected: a file of DS or DNSKEY records; %s)"
              .formatted(file.map(Path::toString).orElse(BUILT_IN), unreadable.getMessage()),
          unreadable);
    }
  }

  /// A zone that has an anchor.
  Name zone() {
    return zone;
  }

  void loadInto(ValidatingResolver resolver) {
    try {
      resolver.loadTrustAnchors(new ByteArrayInputStream(lines));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static TrustAnchors read(byte[] lines) throws IOException {
    if (lines.length > MAX_OCTETS) {
      throw new IOException("more than %d octets".formatted(MAX_OCTETS));
    }
    List<Name> zones = new ArrayList<>();
    try (Master master = new Master(new ByteArrayInputStream(lines), Name.root, 0)) {
      Record record = master.nextRecord();
      while (record != null) {
        if (record.getType() == Type.DS || record.getType() == Type.DNSKEY) {
          zones.add(record.getName());
        }
        record = master.nextRecord();
      }
    }
    if (zones.isEmpty()) {
      throw new IOException("no DS or DNSKEY record");
    }
    return new TrustAnchors(lines, zones.getFirst());
  }

  private static byte[] builtIn() throws IOException {
    try (InputStream file = TrustAnchors.class.getResourceAsStream(BUILT_IN)) {
      if (file == null) {
        throw new IllegalStateException("the resource %s is missing".formatted(BUILT_IN));
      }
      return file.readAllBytes();
    }
  }
}
