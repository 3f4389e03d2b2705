package dev.waybill.relay.dkim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DkimKeysTest {
  private static final KeyPair PAIR = DkimKeys.generateRsa();

  @Test
  void makesRsaKeysOf2048Bits() {
    assertThat(((RSAPublicKey) PAIR.getPublic()).getModulus().bitLength()).isEqualTo(2048);
  }

  @Test
  void readsBothPemFormsOfAKeyAndDerivesItsPublicHalf() {
    byte[] pkcs8 = PAIR.getPrivate().getEncoded();
    // an RSAPrivateKey begins behind version, algorithm and the OCTET STRING's head
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
    for (String pem : new String[] {pem("PRIVATE KEY", pkcs8), pem("RSA PRIVATE KEY", pkcs1)}) {
      KeyPair read = DkimKeys.fromPem("a comment\r\n" + pem + "\n\n");
      assertThat(read.getPublic()).isEqualTo(PAIR.getPublic());
      assertThat(read.getPrivate()).isEqualTo(PAIR.getPrivate());
    }
  }

  @Test
  void keepsBothKindsOfKeyAsPkcs8() {
    KeyPair ed25519 = DkimKeys.generateEd25519();
    assertThat(
            DkimKeys.fromPkcs8(
                DkimKeys.toPkcs8(PAIR.getPrivate()), SigningKey.Algorithm.RSA_SHA256))
        .isEqualTo(PAIR.getPrivate());
    assertThat(
            DkimKeys.fromPkcs8(
                DkimKeys.toPkcs8(ed25519.getPrivate()), SigningKey.Algorithm.ED25519_SHA256))
        .isEqualTo(ed25519.getPrivate());
    assertThatThrownBy(() -> DkimKeys.fromPkcs8(new byte[] {1}, SigningKey.Algorithm.RSA_SHA256))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysWhatIsWrongWithAKeyThatCannotBeUsed() throws Exception {
    byte[] good = PAIR.getPrivate().getEncoded();
    byte[] damaged = good.clone();
    damaged[60] ^= 1;
    Map<String, String> problems =
        Map.of(
            "",
            "no \"-----BEGIN PRIVATE KEY-----\" line",
            "-----BEGIN PRIVATE KEY-----\nAAAA",
            "the key is cut",
            pem("ENCRYPTED PRIVATE KEY", good),
            "protected by a passphrase",
            pem("PUBLIC KEY", PAIR.getPublic().getEncoded()),
            "the public half",
            pem("EC PRIVATE KEY", good),
            "EC PRIVATE KEY, which DKIM cannot use",
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAA==\n"
                + "-----END RSA PRIVATE KEY-----",
            "PEM headers",
            "-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----",
            "is not base64",
            pem("PRIVATE KEY", new byte[] {1, 2, 3}),
            "no readable RSA private key",
            pem("PRIVATE KEY", damaged),
            "the RSA key is damaged",
            "x".repeat(70_000),
            "70000 characters (expected: at most 65536)");
    problems.forEach((pem, problem) ->
        assertThatThrownBy(() -> DkimKeys.fromPem(pem))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(problem));
    byte[] ed25519 = DkimKeys.generateEd25519().getPrivate().getEncoded();
    assertThatThrownBy(() -> DkimKeys.fromPem(pem("PRIVATE KEY", ed25519)))
        .hasMessageContaining("no readable RSA private key");
  }

  @ParameterizedTest
  @CsvSource({"512, false", "1024, true", "3072, true", "4608, false"})
  void takesRsaKeysThatVerifiersMustHandle(int bits, boolean taken) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    String pem = pem("PRIVATE KEY", generator.generateKeyPair().getPrivate().getEncoded());
    if (taken) {
      assertThat(DkimKeys.fromPem(pem)).isNotNull();
    } else {
      assertThatThrownBy(() -> DkimKeys.fromPem(pem))
          .hasMessageContaining("an RSA key of %d bits".formatted(bits));
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }
}
