package dev.waybill.relay.app.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate for 127.0.0.1 and localhost that nobody but the sandbox trusts, made by the Java
/// runtime's `keytool`.
///
/// @param context for servers
/// @param file the PKCS #12 store it came from; its password is [#PASSWORD]
public record SelfSigned(SSLContext context, X509Certificate certificate, Path file) {
  /// The key guards nothing but this machine's own test traffic; its file has no other readers.
  public static final String PASSWORD = "waybill-sandbox";

  private static final String ALIAS = "sandbox";
  private static final int PATIENCE_SECONDS = 60;

  /// Makes one in the folder, or reads the one made there before.
  ///
  /// @throws IOException when keytool fails or the file cannot be read
  public static SelfSigned in(Path folder) throws IOException {
    Path file = folder.resolve("sandbox-tls.p12");
    if (!Files.exists(file)) {
      make(file);
    }
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return new SelfSigned(context, (X509Certificate) store.getCertificate(ALIAS), file);
    } catch (GeneralSecurityException unusable) {
      throw new IOException(file + " cannot be used; remove it to have a new one made", unusable);
    }
  }

  private static void make(Path file) throws IOException {
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    ALIAS,
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=Waybill sandbox",
                    "-ext",
                    "SAN=dns:localhost,ip:127.0.0.1,dns:" + SandboxZone.MAIL_HOST,
                    "-validity",
                    "3650",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    file.toString(),
                    "-storepass",
                    PASSWORD))
            .redirectErrorStream(true)
            .start();
    try (InputStream out = keytool.getInputStream()) {
      String said = new String(out.readNBytes(4096), StandardCharsets.UTF_8);
      if (!keytool.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
        throw new IOException("keytool could not make %s: %s".formatted(file, said.strip()));
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool made " + file, stopping);
    } finally {
      keytool.destroy();
    }
  }
}
