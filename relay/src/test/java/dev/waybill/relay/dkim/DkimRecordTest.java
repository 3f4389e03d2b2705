package dev.waybill.relay.dkim;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DkimRecordTest {
  private static final KeyPair RSA = DkimKeys.generateRsa();
  private static final String P = Base64.getEncoder().encodeToString(RSA.getPublic().getEncoded());

  @Test
  void writesWhatItReads() {
    for (KeyPair pair : List.of(RSA, DkimKeys.generateEd25519())) {
      DkimRecord record = DkimRecord.of(pair.getPublic());
      assertThat(DkimRecord.parse(record.text())).isEqualTo(new DkimRecord.Key(record));
    }
    assertThat(DkimRecord.of(RSA.getPublic()).text()).isEqualTo("v=DKIM1; k=rsa; p=" + P);
  }

  /// The key pair of RFC 8463, appendix A.
  @Test
  void writesAnEd25519KeyAsItsBareOctets() {
    DkimRecord.Parsed parsed =
        DkimRecord.parse("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assertThat(parsed)
        .isInstanceOfSatisfying(
            DkimRecord.Key.class,
            key ->
                assertThat(HexFormat.of().formatHex(key.record().publicKey().getEncoded()))
                    .endsWith("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
  }

  @Test
  void readsTheSameKeyHoweverItIsWritten() {
    String spaced = P.substring(0, 100) + " \t" + P.substring(100);
    for (String text :
        List.of(
            "p=" + P,
            "k=rsa;p=" + P + ";",
            " p = " + spaced + " ; v=DKIM1 ; n=a note; x=unknown ",
            "v=DKIM1; h=sha1:sha256; s=email; t=s; p=" + P)) {
      assertThat(DkimRecord.parse(text))
          .isInstanceOfSatisfying(
              DkimRecord.Key.class,
              key -> {
                assertThat(key.record().publicKey()).isEqualTo(RSA.getPublic());
                assertThat(key.record().testing()).isFalse();
              });
    }
    assertThat(DkimRecord.parse("t=y:s; p=" + P))
        .isEqualTo(new DkimRecord.Key(new DkimRecord(RSA.getPublic(), true)));
  }

  @Test
  void tellsAWithdrawnKeyFromABrokenOne() {
    assertThat(DkimRecord.parse("v=DKIM1; p=")).isEqualTo(new DkimRecord.Revoked());
    assertThat(DkimRecord.parse("v=DKIM1; k=rsa; p= ;")).isEqualTo(new DkimRecord.Revoked());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v=DKIM1; k=rsa | there is no p= tag",
        "v=DKIM2; p=AAAA | v=DKIM2 (expected: v=DKIM1)",
        "v=DKIM1; k=dsa; p=AAAA | k=dsa (expected: rsa or ed25519)",
        "v=DKIM1; p=AAA!A | p= is not base64",
        "v=DKIM1; p=AAAA | p= is no RSA public key",
        "v=DKIM1; k=ed25519; p=AAAA | p= has 3 octets",
        "v=DKIM1; p=AAAA; p=BBBB | the tag p= stands twice",
        "v=DKIM1; nonsense; p=AAAA | \"nonsense\" is not a tag",
        "\"v=DKIM1; p=AAAA\" | quotation marks",
        "v=DKIM1; h=sha1; p=AAAA | h=sha1 leaves out sha256",
        "v=DKIM1; s=tlsrpt; p=AAAA | s=tlsrpt leaves out email",
      })
  void saysWhatIsWrongWithARecord(String text, String problem) {
    assertThat(DkimRecord.parse(text))
        .isInstanceOfSatisfying(
            DkimRecord.Malformed.class,
            malformed -> assertThat(malformed.problem()).contains(problem));
  }

  @Test
  void refusesACutOrShortKey() throws Exception {
    assertThat(DkimRecord.parse("v=DKIM1; p=" + P.substring(0, 200)))
        .isInstanceOf(DkimRecord.Malformed.class);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(512);
    String weak = DkimRecord.of(generator.generateKeyPair().getPublic()).text();
    assertThat(DkimRecord.parse(weak))
        .isEqualTo(
            new DkimRecord.Malformed(
                "p= is an RSA key of 512 bits (expected: 1024 or more; RFC 8301)"));
  }
}
