package dev.waybill.relay.tls;

import dev.waybill.relay.message.DomainName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// A certificate of our own making, kept in a folder. Stateless; called at start.
public final class OwnCertificate {
  private static final String ALIAS = "waybill";

  private OwnCertificate() {}

  /// The certificate in the folder, made at the first call: P-256, ten years.
  ///
  /// @param folder where `submission-tls.p12` and `submission-tls.password` are kept with mode 0600
  /// @throws IOException when they cannot be made or read
  static Identity in(Path folder, DomainName hostname, RandomGenerator random) throws IOException {
    Path store = folder.resolve("submission-tls.p12");
    if (!Files.exists(store)) {
      generate(store, folder.resolve("submission-tls.password"), hostname, random);
    }
    Identity identity = read(folder);
    show(folder, identity.own());
    return identity;
  }

  /// The certificate in the folder, for a client that is to trust it and no other.
  ///
  /// @throws IOException when there is none or it cannot be read
  public static X509Certificate certificate(Path folder) throws IOException {
    return read(folder).own();
  }

  private static Identity read(Path folder) throws IOException {
    Path store = folder.resolve("submission-tls.p12");
    char[] secret =
        Files.readString(folder.resolve("submission-tls.password")).strip().toCharArray();
    try {
      KeyStore keys = KeyStore.getInstance(store.toFile(), secret);
      if (keys.getCertificate(ALIAS) instanceof X509Certificate certificate
          && keys.getKey(ALIAS, secret) instanceof PrivateKey key) {
        return new Identity(List.of(certificate), key);
      }
      throw new IOException(store + " has no certificate; remove it to make a new one");
    } catch (GeneralSecurityException unreadable) {
      throw new IOException(store + " cannot be read; remove it to make a new one", unreadable);
    }
  }

  /// Puts the certificate without its key into `submission-tls.crt`, for clients that are to trust
  /// it.
  private static void show(Path folder, X509Certificate certificate) throws IOException {
    Path file = folder.resolve("submission-tls.crt");
    if (Files.exists(file)) {
      return;
    }
    try {
      String text =
          Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
      Files.writeString(
          file, "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n");
    } catch (GeneralSecurityException unreadable) {
      throw new IOException("the self-signed certificate cannot be written as PEM", unreadable);
    }
  }

  private static void generate(
      Path store, Path password, DomainName hostname, RandomGenerator random) throws IOException {
    Files.createDirectories(store.toAbsolutePath().getParent());
    byte[] secret = new byte[24];
    random.nextBytes(secret);
    Files.deleteIfExists(password);
    Files.createFile(
        password,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(password, HexFormat.of().formatHex(secret));
    Path unfinished = store.resolveSibling("submission-tls.p12.new");
    Files.deleteIfExists(unfinished);
    run(
        List.of(
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
            "CN=" + hostname,
            "-ext",
            "san=dns:" + hostname,
            "-storetype",
            "PKCS12",
            "-keystore",
            unfinished.toString(),
            "-storepass:file",
            password.toString()));
    Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-------"));
    Files.move(unfinished, store, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      process.getOutputStream().close();
      String said = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("keytool made no certificate: " + said);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool ran", interrupted);
    } finally {
      process.destroy();
    }
  }
}
