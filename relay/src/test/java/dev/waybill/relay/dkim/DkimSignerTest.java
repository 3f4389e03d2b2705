package dev.waybill.relay.dkim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.testing.DkimCheck;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.james.jdkim.DKIMVerifier;
import org.apache.james.jdkim.exceptions.FailException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DkimSignerTest {
  private static final DomainName DOMAIN = DomainName.of("shop.example");
  private static final Instant NOW = Instant.ofEpochSecond(1_793_700_930L);
  private static final KeyPair RSA = DkimKeys.generateRsa();
  private static final KeyPair ED25519 = DkimKeys.generateEd25519();
  private static final SigningKey RSA_KEY =
      new SigningKey("wb1", SigningKey.Algorithm.RSA_SHA256, RSA.getPrivate());
  private static final SigningKey ED25519_KEY =
      new SigningKey("wbe1", SigningKey.Algorithm.ED25519_SHA256, ED25519.getPrivate());
  private static final String HEADER =
      "From: Shop <shop@shop.example>\nTo: ann@rcpt.example\nSubject: Hello\n"
          + "Date: Tue, 3 Nov 2026 10:15:30 +0000\nMessage-ID: <1@shop.example>\n";

  private static final DkimSigner SIGNER = new DkimSigner(SignatureEngine.fastest());

  @ParameterizedTest
  @ValueSource(
      strings = {
        HEADER + "\nHello\n",
        HEADER + "\nHello \t world  \n\n two\t\n\n\n\n",
        HEADER + "\n\n\nleading\n",
        HEADER + "\nno end of line",
        HEADER
            + "List-Unsubscribe: <https://a.example/u>,\n <mailto:u@a.example>\n"
            + "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n\nx\n",
        "from :  Shop   <shop@shop.example> \t\nSUBJECT:\n folded\n\tvery\n  much \n\nx\n",
        "From: a@shop.example\nTo: a@b.example\nTo: c@d.example\nReply-To:\n\nx\n",
        "From: Käse <a@shop.example>\nSubject: héllo wörld\n\nÜmläut\n",
      })
  void verifiesWithAnotherImplementation(String message) throws Exception {
    byte[] signed = sign(crlf(message), RSA_KEY);
    assertThat(verifiedByJdkim(signed)).isTrue();
    assertThat(DkimCheck.problem(signed, 0, RSA.getPublic())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {HEADER + "\n", HEADER, HEADER + "\n\n\n\n", HEADER + "\n \t\n\n  \n"})
  void signsAnEmptyBodyAsNoOctets(String message) throws Exception {
    byte[] signed = sign(crlf(message), RSA_KEY);
    assertThat(DkimCheck.problem(signed, 0, RSA.getPublic())).isEmpty();
    // SHA-256 of nothing, RFC 6376 §3.4.4
    assertThat(DkimCheck.signatures(signed).getFirst())
        .containsEntry("bh", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  }

  @Test
  void signsRawEightBitHeadersAsTheyAre() throws Exception {
    byte[] latin =
        (HEADER + "Cc: Käse <b@c.example>\n\nÜ\n")
            .replace("\n", "\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThat(DkimCheck.problem(sign(latin, RSA_KEY), 0, RSA.getPublic())).isEmpty();
  }

  @Test
  void signsWithEd25519AsWell() throws Exception {
    byte[] signed = sign(crlf(HEADER + "\nHello\n"), ED25519_KEY);
    assertThat(DkimCheck.problem(signed, 0, ED25519.getPublic())).isEmpty();
    assertThat(DkimCheck.signatures(signed).getFirst())
        .containsEntry("a", "ed25519-sha256")
        .containsEntry("s", "wbe1");
  }

  @Test
  void signsFromOnceMoreThanItStandsAndOnlyWhatIsThere() {
    Map<String, String> tags =
        DkimCheck.signatures(sign(crlf(HEADER + "To: b@c.example\nX-Other: 1\n\nx\n"), RSA_KEY))
            .getFirst();
    assertThat(tags)
        .containsEntry("h", "from:from:to:to:subject:date:message-id")
        .containsEntry("d", "shop.example")
        .containsEntry("c", "relaxed/relaxed")
        .containsEntry("t", "1793700930");
  }

  @Test
  void failsOnceASecondFromOrAnotherBodyIsPutIn() throws Exception {
    byte[] signed = sign(crlf(HEADER + "\nHello\n"), RSA_KEY);
    String text = new String(signed, StandardCharsets.ISO_8859_1);
    assertThat(problem("From: evil@x.example\r\n" + text)).isEqualTo("signature");
    assertThat(problem(text.replace("Subject: Hello", "Subject: Bye"))).isEqualTo("signature");
    assertThat(problem(text.replace("\r\n\r\nHello", "\r\n\r\nBye"))).isEqualTo("body hash");
  }

  @Test
  void foldsAtSeventySixColumns() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(4096);
    SigningKey large =
        new SigningKey(
            "a-long-selector-2026",
            SigningKey.Algorithm.RSA_SHA256,
            generator.generateKeyPair().getPrivate());
    StringBuilder all = new StringBuilder();
    for (String name : DkimSigner.SIGNED) {
      all.append(name).append(": x@shop.example\n");
    }
    byte[] signed = sign(crlf(all + "\nx\n"), large);
    int end = new String(signed, StandardCharsets.ISO_8859_1).indexOf("from: x@");
    assertThat(new String(signed, 0, end, StandardCharsets.ISO_8859_1).split("\r\n"))
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(76))
        .hasSizeGreaterThan(15);
  }

  @Test
  void agreesWithTheSecondOpinionOnGeneratedMessages() throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    String alphabet = "ab \t\r\n.=Aé";
    for (int i = 0; i < 300; i++) {
      StringBuilder body = new StringBuilder();
      for (int n = random.nextInt(60); n > 0; n--) {
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        body.append(c == '\r' || c == '\n' ? "\r\n" : c);
      }
      String subject = body.toString().replace("\r\n", "\r\n ");
      byte[] message =
          ("From: a@shop.example\r\nSubject:" + subject + "\r\n\r\n" + body)
              .getBytes(StandardCharsets.ISO_8859_1);
      assertThat(DkimCheck.problem(sign(message, ED25519_KEY), 0, ED25519.getPublic()))
          .describedAs(new String(message, StandardCharsets.ISO_8859_1))
          .isEmpty();
    }
  }

  @Test
  void givesTheSameBytesWithAndWithoutTheNativeProviderInAnyLocale() {
    byte[] message = crlf("FROM: a@shop.example\nLIST-ID: <i.shop.example>\n\nx\n");
    byte[] expected = sign(new DkimSigner(SignatureEngine.plain()), message, RSA_KEY);
    assertThat(sign(message, RSA_KEY)).isEqualTo(expected);
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.of("tr", "TR"));
    try {
      assertThat(sign(message, RSA_KEY)).isEqualTo(expected);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void signsFromManyThreadsAtOnce() throws Exception {
    byte[] message = crlf(HEADER + "\nHello\n");
    byte[] expected = sign(message, RSA_KEY);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<byte[]> task = () -> sign(message, RSA_KEY);
      for (Future<byte[]> signed : threads.invokeAll(Collections.nCopies(200, task))) {
        assertThat(signed.get()).isEqualTo(expected);
      }
    }
  }

  private static boolean verifiedByJdkim(byte[] message) throws Exception {
    DKIMVerifier verifier =
        new DKIMVerifier((_, selector, domain) -> {
          assertThat(selector + "." + domain).isEqualTo("wb1.shop.example");
          return List.of(DkimRecord.of(RSA.getPublic()).text());
        });
    try {
      return verifier.verify(new ByteArrayInputStream(message)) != null;
    } catch (FailException failure) {
      throw new AssertionError(failure);
    }
  }

  private static String problem(String message) throws Exception {
    return DkimCheck.problem(message.getBytes(StandardCharsets.ISO_8859_1), 0, RSA.getPublic());
  }

  private static byte[] sign(byte[] message, SigningKey key) {
    return sign(SIGNER, message, key);
  }

  private static byte[] sign(DkimSigner signer, byte[] message, SigningKey key) {
    HeaderBlock header = HeaderBlock.parse(message);
    byte[] hash = DkimSigner.bodyHash(message, header.bodyStart());
    byte[] field = signer.sign(message, header, hash, DOMAIN, key, NOW);
    byte[] signed = Arrays.copyOf(field, field.length + message.length);
    System.arraycopy(message, 0, signed, field.length, message.length);
    return signed;
  }

  private static byte[] crlf(String message) {
    return message.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
  }
}
