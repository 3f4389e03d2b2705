package dev.waybill.relay.submission;

import dev.waybill.relay.message.DomainName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// The certificate that this relay shows to applications. Any thread may call it; called at start.
public final class TlsCertificates {
  private static final String ALIAS = "waybill";
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  private TlsCertificates() {}

  /// Uses the operator's own certificate.
  ///
  /// @param chain PEM certificates, the server's own first
  /// @param key a PEM PKCS#8 key, RSA or elliptic curve, without a password
  /// @throws IllegalArgumentException when a file is not what it should be; names file and
  ///   expectation
  /// @throws IOException when a file cannot be read
  public static SSLContext configured(Path chain, Path key) throws IOException {
    try (InputStream pem = Files.newInputStream(chain)) {
      Certificate[] certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(pem)
              .toArray(Certificate[]::new);
      if (certificates.length == 0) {
        throw new IllegalArgumentException(chain + " (expected: PEM certificates)");
      }
      PrivateKey privateKey = privateKey(key);
      requirePair(chain, key, certificates[0].getPublicKey(), privateKey);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(ALIAS, privateKey, new char[0], certificates);
      return context(store, new char[0]);
    } catch (GeneralSecurityException unreadable) {
      throw new IllegalArgumentException(
          "%s, %s (expected: PEM certificates and their key)".formatted(chain, key), unreadable);
    }
  }

  /// Uses the self-signed certificate in the folder, made at the first call: P-256, ten years.
  ///
  /// @param folder where `submission-tls.p12` and `submission-tls.password` are kept with mode 0600
  /// @throws IOException when they cannot be made or read
  public static SSLContext selfSigned(Path folder, DomainName hostname, RandomGenerator random)
      throws IOException {
    Path store = folder.resolve("submission-tls.p12");
    Path password = folder.resolve("submission-tls.password");
    if (!Files.exists(store)) {
      generate(store, password, hostname, random);
    }
    char[] secret = Files.readString(password).strip().toCharArray();
    show(folder);
    try {
      return context(KeyStore.getInstance(store.toFile(), secret), secret);
    } catch (GeneralSecurityException unreadable) {
      throw new IOException(store + " cannot be read; remove it to make a new one", unreadable);
    }
  }

  /// Puts the certificate without its key into `submission-tls.crt`, for clients that are to trust
  /// it.
  private static void show(Path folder) throws IOException {
    Path file = folder.resolve("submission-tls.crt");
    if (Files.exists(file)) {
      return;
    }
    try {
      String text =
          Base64.getMimeEncoder(64, new byte[] {'\n'})
              .encodeToString(certificate(folder).getEncoded());
      Files.writeString(
          file, "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n");
    } catch (GeneralSecurityException unreadable) {
      throw new IOException("the self-signed certificate cannot be written as PEM", unreadable);
    }
  }

  /// The self-signed certificate in the folder, for a client that is to trust it and no other.
  ///
  /// @throws IOException when there is none or it cannot be read
  public static X509Certificate certificate(Path folder) throws IOException {
    Path store = folder.resolve("submission-tls.p12");
    char[] secret =
        Files.readString(folder.resolve("submission-tls.password")).strip().toCharArray();
    try {
      KeyStore keys = KeyStore.getInstance(store.toFile(), secret);
      if (keys.getCertificate(ALIAS) instanceof X509Certificate certificate) {
        return certificate;
      }
      throw new IOException(store + " has no certificate");
    } catch (GeneralSecurityException unreadable) {
      throw new IOException(store + " cannot be read", unreadable);
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

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String pem = Files.readString(file);
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          file + " (expected: a PKCS#8 key; convert with: openssl pkcs8 -topk8 -nocrypt)");
    }
    byte[] octets = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
    for (String algorithm : List.of("RSA", "EC")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(octets));
      } catch (InvalidKeySpecException _) {
        // the next algorithm may know it
      }
    }
    throw new IllegalArgumentException(file + " (expected: an RSA or elliptic curve key)");
  }

  private static void requirePair(Path chain, Path file, PublicKey known, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    byte[] probe = {1, 2, 3};
    if (known.getAlgorithm().equals(key.getAlgorithm())) {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(known);
      signature.update(probe);
      if (signature.verify(signed)) {
        return;
      }
    }
    throw new IllegalArgumentException(
        "%s (expected: the key of the first certificate in %s)".formatted(file, chain));
  }

  private static SSLContext context(KeyStore store, char[] password)
      throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
