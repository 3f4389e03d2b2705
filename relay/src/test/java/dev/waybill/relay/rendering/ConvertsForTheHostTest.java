package dev.waybill.relay.rendering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.rendering.RenderedCopy.Conversion;
import dev.waybill.relay.rendering.RenderedCopy.Host;
import dev.waybill.relay.testing.DkimCheck;
import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.testing.SubmittedMail;
import jakarta.mail.Header;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Copies for hosts that take less: the same parts to whoever decodes them, and signed as they go.
class ConvertsForTheHostTest {
  private static final Path CORPUS = Path.of("src", "test", "resources", "corpus");
  private static final Host SEVEN_BIT = new Host(false, true);
  private static final Host ASCII = new Host(true, false);
  private static final String FROM = "From: shop@shop.example\r\nMIME-Version: 1.0\r\n";

  private static RenderingBench bench;

  @BeforeAll
  static void open() {
    bench = new RenderingBench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  private static RenderedCopy copy(SubmittedMail mail, Host host) {
    return bench
        .renderer()
        .render(
            mail.to("ann@rcpt.example"),
            SubmittedMail.domain(true, true, null),
            List.of(RenderingBench.rsaKey()),
            host);
  }

  private static boolean isSigned(RenderedCopy copy) throws Exception {
    return DkimCheck.problem(copy.bytes(), 0, RenderingBench.RSA.getPublic()).isEmpty();
  }

  /// Each part with its fields but for those that conversion changes, and its decoded octets.
  private static List<String> decoded(byte[] message) throws Exception {
    List<String> parts = new ArrayList<>();
    decoded(
        new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(message)),
        parts);
    return parts;
  }

  private static void decoded(Part part, List<String> into) throws Exception {
    StringBuilder line = new StringBuilder();
    for (Header field : Collections.list(part.getAllHeaders())) {
      String name = field.getName().toLowerCase(Locale.ROOT);
      if (!name.equals("content-transfer-encoding") && !name.equals("dkim-signature")) {
        line.append(name).append(':').append(field.getValue()).append('\n');
      }
    }
    if (part.isMimeType("multipart/*")) {
      into.add(line.toString());
      Multipart multipart = (Multipart) part.getContent();
      for (int i = 0; i < multipart.getCount(); i++) {
        decoded(multipart.getBodyPart(i), into);
      }
    } else {
      byte[] octets = part.getInputStream().readAllBytes();
      into.add(line + new String(octets, StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void theWholeCorpusIsTheSameToWhoeverDecodesIt() throws Exception {
    int converted = 0;
    Set<String> kept = new TreeSet<>();
    try (var files = Files.list(CORPUS)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".eml")).sorted().toList()) {
        SubmittedMail mail = SubmittedMail.transactional(Files.readAllBytes(file));
        RenderedCopy usual = copy(mail, Host.ANY);
        RenderedCopy less = copy(mail, SEVEN_BIT);
        if (!usual.eightBit() || less.eightBit()) {
          assertThat(less.bytes()).isEqualTo(usual.bytes());
          if (usual.eightBit()) {
            kept.add(file.getFileName().toString());
          }
          continue;
        }
        converted++;
        assertThat(decoded(less.bytes())).as(file.toString()).isEqualTo(decoded(usual.bytes()));
        HeaderBlock header = HeaderBlock.parse(less.bytes());
        String body =
            new String(
                less.bytes(),
                header.bodyStart(),
                less.bytes().length - header.bodyStart(),
                StandardCharsets.ISO_8859_1);
        assertThat(body).matches("(?s)[\\x00-\\x7f]*\r\n");
        assertThat(isSigned(less)).as(file.toString()).isTrue();
        assertThat(less.imprint().converted()).containsExactly(Conversion.BODY);
        assertThat(less.imprint().digest()).isEqualTo(usual.imprint().digest());
        assertThat(copy(mail, SEVEN_BIT).bytes()).isEqualTo(less.bytes());
      }
    }
    assertThat(converted).isGreaterThan(30);
    assertThat(kept).isEmpty();
  }

  @Test
  void onlyEightBitPartsAndTheirLabelsChange() {
    String tail =
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\ncontent-transfer-encoding: 8bit\r\nX-A: 1\r\n\r\n"
            + "%s\r\n--b\r\n\r\nplain = plain \r\n--b\r\nContent-Type: image/x-raw\r\n\r\n%s\r\n--b--\r\nend\r\n";
    String head = FROM + "Content-Type: multipart/mixed; boundary=b\r\n";
    String text =
        "Grüße -- =\t \r\n" + "x".repeat(72) + "--b" + "y".repeat(80) + "ü\r\n.\r\nFrom me";
    byte[] submitted =
        (head
                + "Content-Transfer-Encoding: 8BIT\r\n\r\npreamble\r\n"
                + tail.formatted(text, "é\r\né"))
            .getBytes(StandardCharsets.UTF_8);
    String copy = text(copy(SubmittedMail.transactional(submitted), SEVEN_BIT));

    assertThat(copy)
        .endsWith(
            (head
                    + "Content-Transfer-Encoding: 7bit\r\n\r\npreamble\r\n"
                    + tail.replace(
                            "content-transfer-encoding: 8bit",
                            "Content-Transfer-Encoding: quoted-printable")
                        .replace(
                            "image/x-raw\r\n",
                            "image/x-raw\r\nContent-Transfer-Encoding: base64\r\n"))
                .formatted(
                    "Gr=C3=BC=C3=9Fe -- =3D\t=20\r\n"
                        + "x".repeat(72)
                        + "--b=\r\n"
                        + "y".repeat(75)
                        + "=\r\nyyyyy=C3=BC\r\n.\r\nFrom me",
                    "w6kNCsOp"));
  }

  /// Else a host would take what we broke off for the end of the part.
  @Test
  void noLineThatWeBeginIsABoundary() {
    String body = "x".repeat(75) + "--b\r\n--c " + "ü";
    byte[] submitted =
        (FROM
                + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
                + body
                + "\r\n--b--\r\n")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(text(copy(SubmittedMail.transactional(submitted), SEVEN_BIT)))
        .contains("x".repeat(75) + "=\r\n=2D-b\r\n--c =C3=BC\r\n--b--\r\n");
  }

  @Test
  void textThatIsShorterInBase64GoesInBase64() throws Exception {
    String body = "日本語の本文です。".repeat(20) + "\r\n";
    SubmittedMail mail =
        SubmittedMail.transactional(
            FROM + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + body);
    RenderedCopy less = copy(mail, SEVEN_BIT);
    assertThat(text(less)).contains("Content-Transfer-Encoding: base64\r\n\r\n").endsWith("=\r\n");
    assertThat(decoded(less.bytes())).isEqualTo(decoded(copy(mail, Host.ANY).bytes()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nü\r\n--b\r\n\r\ns\r\n--b--\r\n",
        "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nü\r\n",
        "Content-Type: application/pkcs7-mime\r\n\r\nü\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\nü\r\n--b\r\n\r\nü\r\n--b--\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX-B: ü\r\n\r\nü\r\n--b--\r\n",
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nü\r\n",
        "MIME-Version: 1.0\r\n\r\nü\r\n"
      })
  void whatMustNotBeTouchedGoesAsItIs(String rest) {
    SubmittedMail mail = SubmittedMail.transactional(FROM + rest);
    RenderedCopy less = copy(mail, SEVEN_BIT);
    assertThat(less.bytes()).isEqualTo(copy(mail, Host.ANY).bytes());
    assertThat(less.eightBit()).isTrue();
    assertThat(less.imprint().converted()).isEmpty();
  }

  @Test
  void headerFieldsAreWrittenInAsciiForAHostWithoutSmtpUtf8() throws Exception {
    SubmittedMail mail =
        SubmittedMail.transactional(
                "From: Müller <shop@shop.example>\r\nSubject: Grüße\r\nMIME-Version: 1.0\r\n"
                    + "Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße\r\n")
            .withSmtpUtf8();
    assertThat(copy(mail, Host.ANY).smtpUtf8()).isTrue();
    RenderedCopy ascii = copy(mail, ASCII);
    assertThat(ascii.smtpUtf8()).isFalse();
    assertThat(ascii.eightBit()).isTrue();
    assertThat(text(ascii))
        .contains(
            "From: =?UTF-8?B?TcO8bGxlcg==?= <shop@shop.example>\r\n"
                + "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n");
    assertThat(isSigned(ascii)).isTrue();
    assertThat(ascii.remembered().converted()).isEqualTo("smtputf8");

    RenderedCopy both = copy(mail, new Host(false, false));
    assertThat(new String(both.bytes(), StandardCharsets.UTF_8)).matches("(?s)\\p{ASCII}*");
    assertThat(isSigned(both)).isTrue();
    assertThat(both.remembered().converted()).isEqualTo("8bitmime smtputf8");
  }

  @Test
  void whatCannotBeWrittenInAsciiStillNeedsSmtpUtf8() {
    SubmittedMail mail =
        SubmittedMail.transactional(FROM + "In-Reply-To: <ü@shop.example>\r\n\r\nHello\r\n")
            .withSmtpUtf8();
    RenderedCopy copy = copy(mail, ASCII);
    assertThat(copy.smtpUtf8()).isTrue();
    assertThat(copy.bytes()).isEqualTo(copy(mail, Host.ANY).bytes());
    assertThat(
            bench
                .renderer()
                .render(
                    SubmittedMail.transactional(FROM + "Subject: ü\r\n\r\nHello\r\n")
                        .withSmtpUtf8()
                        .to("änn@rcpt.example"),
                    SubmittedMail.domain(),
                    List.of(RenderingBench.rsaKey()),
                    ASCII)
                .smtpUtf8())
        .as("the recipient itself cannot be said")
        .isTrue();
  }

  private static String text(RenderedCopy copy) {
    return new String(copy.bytes(), StandardCharsets.US_ASCII);
  }
}
