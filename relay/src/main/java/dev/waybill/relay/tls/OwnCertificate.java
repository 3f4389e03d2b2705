package dev.waybill.relay.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// A certificate of our own making, P-256 and for ten years, kept as PEM files. Made by the Java
/// runtime's `keytool`, the only maker of certificates that the JDK has.
///
/// @param chain the certificate, for clients that are to trust it; whoever may enter the folder can
///   read it
/// @param key its PKCS#8 key, with mode 0600
record OwnCertificate(Path chain, Path key) {
  private static final String ALIAS = "own";

  /// For a store that lives as long as its making.
  private static final String PASSWORD = "temporary";

  private static final int PATIENCE_SECONDS = 60;

  /// @param folder made if need be
  /// @param name of the files, which end in `.crt` and `.key`
  OwnCertificate(Path folder, String name) {
    this(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
  }

  /// The certificate in the files, made at the first call.
  ///
  /// @param subject its common name
  /// @param names its alternative names as `keytool` takes them, such as `dns:relay.example.com`
  /// @throws IOException when it cannot be made or read
  Identity get(String subject, List<String> names) throws IOException {
    if (!Files.exists(chain) || !Files.exists(key)) {
      make(subject, names);
    }
    try {
      return PemFiles.readPair(chain, key);
    } catch (IllegalArgumentException unusable) {
      throw new IOException(
          "%s; remove %s to have a new one made".formatted(unusable.getMessage(), chain), unusable);
    }
  }

  private void make(String subject, List<String> names) throws IOException {
    Path folder = Objects.requireNonNull(chain.toAbsolutePath().getParent());
    Files.createDirectories(folder);
    Path unfinished = Files.createTempDirectory(folder, "tls-");
    Path store = unfinished.resolve("store.p12");
    Path newKey = unfinished.resolve("key");
    Path newChain = unfinished.resolve("crt");
    try {
      run(keytool(store, subject, names));
      KeyStore made = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
      Key secret = made.getKey(ALIAS, PASSWORD.toCharArray());
      Certificate certificate = made.getCertificate(ALIAS);
      Files.createFile(
          newKey,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(newKey, pem("PRIVATE KEY", secret.getEncoded()));
      Files.writeString(newChain, pem("CERTIFICATE", certificate.getEncoded()));
      // without its certificate a key is not taken for finished
      Files.deleteIfExists(chain);
      Files.move(newKey, key, StandardCopyOption.ATOMIC_MOVE);
      Files.move(newChain, chain, StandardCopyOption.ATOMIC_MOVE);
    } catch (GeneralSecurityException unreadable) {
      throw new IOException("keytool made a certificate that cannot be read", unreadable);
    } finally {
      for (Path file : List.of(store, newKey, newChain, unfinished)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static List<String> keytool(Path store, String subject, List<String> names) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        ALIAS,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-validity",
        "3650",
        "-dname",
        "CN=" + subject,
        "-ext",
        "san=" + String.join(",", names),
        "-storetype",
        "PKCS12",
        "-keystore",
        store.toString(),
        "-storepass",
        PASSWORD);
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      process.getOutputStream().close();
      String said = new String(output.readNBytes(4096), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("keytool made no certificate: " + said);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool ran", interrupted);
    } finally {
      process.destroy();
    }
  }

  private static String pem(String kind, byte[] octets) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(octets), kind);
  }
}
