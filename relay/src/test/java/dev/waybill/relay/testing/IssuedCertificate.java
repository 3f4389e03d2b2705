package dev.waybill.relay.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;

/// A host's certificate, issued by an authority of its own. Any thread may use it.
public final class IssuedCertificate {
  private static final char[] PASSWORD = "for-tests-only".toCharArray();
  private static final String ECDSA_WITH_SHA256 = "300a06082a8648ce3d040302";
  private static final String AUTHORITY_ONLY = "300f0603551d130101ff040530030101ff";
  private static final String ALTERNATIVE_NAMES = "0603551d11";
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;

  private final SSLContext context;
  private final X509Certificate own;
  private final X509Certificate authority;
  private final Path pem;

  private IssuedCertificate(
      KeyPair keys, X509Certificate own, X509Certificate authority, Path folder)
      throws GeneralSecurityException, IOException {
    this.own = own;
    this.authority = authority;
    this.pem = Files.createTempFile(folder, "authority", ".pem");
    Files.writeString(
        pem,
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(authority.getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("host", keys.getPrivate(), PASSWORD, new Certificate[] {own, authority});
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(store, PASSWORD);
    this.context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
  }

  /// Issues one that is valid now.
  ///
  /// @param names those of the certificate
  public static IssuedCertificate of(Path folder, String... names)
      throws GeneralSecurityException, IOException {
    return until(folder, Instant.now().plus(Duration.ofDays(2)), names);
  }

  /// Issues one that is valid from ten days ago to some time.
  public static IssuedCertificate until(Path folder, Instant end, String... names)
      throws GeneralSecurityException, IOException {
    KeyPair above = keys();
    KeyPair below = keys();
    Instant later = Instant.now().plus(Duration.ofDays(9));
    X509Certificate authority =
        certificate("CN=authority", above.getPublic(), above.getPrivate(), later, AUTHORITY_ONLY);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String name : names) {
      all.write(der(0x82, name.getBytes(StandardCharsets.US_ASCII)));
    }
    byte[] extension =
        der(
            SEQUENCE,
            HexFormat.of().parseHex(ALTERNATIVE_NAMES),
            der(OCTETS, der(SEQUENCE, all.toByteArray())));
    X509Certificate own =
        certificate(
            "CN=host",
            below.getPublic(),
            above.getPrivate(),
            end,
            HexFormat.of().formatHex(extension));
    return new IssuedCertificate(below, own, authority, folder);
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /// A certificate of version 3, put together by hand (RFC 5280 §4.1).
  private static X509Certificate certificate(
      String subject, PublicKey key, PrivateKey issuer, Instant end, String extension)
      throws GeneralSecurityException {
    byte[] algorithm = HexFormat.of().parseHex(ECDSA_WITH_SHA256);
    byte[] content =
        der(
            SEQUENCE,
            der(0xa0, der(0x02, new byte[] {2})),
            der(0x02, MessageDigest.getInstance("SHA-256").digest(key.getEncoded())),
            algorithm,
            new X500Principal("CN=authority").getEncoded(),
            der(SEQUENCE, time(Instant.now().minus(Duration.ofDays(10))), time(end)),
            new X500Principal(subject).getEncoded(),
            key.getEncoded(),
            der(0xa3, der(SEQUENCE, HexFormat.of().parseHex(extension))));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(issuer);
    signature.update(content);
    byte[] whole = der(SEQUENCE, content, algorithm, der(0x03, new byte[1], signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(whole));
  }

  private static byte[] time(Instant at) {
    DateTimeFormatter format =
        DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    return der(0x17, format.format(at).getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(tag);
    int length = content.size();
    if (length >= 0x100) {
      whole.write(0x82);
      whole.write(length >> 8);
    } else if (length >= 0x80) {
      whole.write(0x81);
    }
    whole.write(length);
    whole.writeBytes(content.toByteArray());
    return whole.toByteArray();
  }

  /// A TLS server that shows the certificate and its authority's.
  public SSLContext context() {
    return context;
  }

  /// The authority, for those who are to trust it.
  public Path pem() {
    return pem;
  }

  /// TLSA data for the host's own certificate: `3 1 1 <digest>` and the like.
  public String tlsa(int selector, int matching) throws GeneralSecurityException {
    return "3 %d %d %s".formatted(selector, matching, data(own, selector, matching));
  }

  /// TLSA data for its authority.
  public String authorityTlsa(int selector, int matching) throws GeneralSecurityException {
    return "2 %d %d %s".formatted(selector, matching, data(authority, selector, matching));
  }

  private static String data(X509Certificate certificate, int selector, int matching)
      throws GeneralSecurityException {
    byte[] part =
        selector == 0 ? certificate.getEncoded() : certificate.getPublicKey().getEncoded();
    byte[] data =
        switch (matching) {
          case 1 -> MessageDigest.getInstance("SHA-256").digest(part);
          case 2 -> MessageDigest.getInstance("SHA-512").digest(part);
          default -> part;
        };
    return HexFormat.of().formatHex(data);
  }
}
