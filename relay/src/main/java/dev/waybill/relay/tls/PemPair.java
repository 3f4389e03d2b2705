package dev.waybill.relay.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/// The operator's files.
///
/// @param chain PEM certificates, the server's own first
/// @param key a PEM PKCS#8 key, RSA or elliptic curve, without a password
record PemPair(Path chain, Path key) {
  /// What tells replaced files from those before.
  ///
  /// @throws IOException when a file is not there, as in the moment of its replacement
  List<Object> stamp() throws IOException {
    BasicFileAttributes one = Files.readAttributes(chain, BasicFileAttributes.class);
    BasicFileAttributes other = Files.readAttributes(key, BasicFileAttributes.class);
    return List.of(
        one.lastModifiedTime(),
        one.size(),
        Optional.ofNullable(one.fileKey()),
        other.lastModifiedTime(),
        other.size(),
        Optional.ofNullable(other.fileKey()));
  }

  /// @throws IllegalArgumentException when a file is not what it should be; names file and
  ///   expectation
  /// @throws IOException when a file cannot be read
  Identity read() throws IOException {
    return PemFiles.read(chain, key);
  }
}
