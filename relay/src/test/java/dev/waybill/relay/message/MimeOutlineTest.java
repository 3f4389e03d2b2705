package dev.waybill.relay.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.waybill.relay.message.MimeOutline.Leaf;
import jakarta.mail.BodyPart;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MimeOutlineTest {
  @Test
  void seesAMessageWithoutMimeAsOnePlainText() {
    assertThat(leaves("Subject: x\n\nhello\n"))
        .containsExactly(new Leaf(0, 14, 21, "text/plain", "", "7bit", false, false));
  }

  @Test
  void findsThePartsBehindABoundaryThatBeginsLikeAnother() {
    String message =
        """
        Content-Type: multipart/mixed; boundary="b"

        preamble
        --b
        Content-Type: multipart/alternative; boundary=b-inner

        --b-inner
        Content-Type: text/plain; charset=utf-8

        plain
        --b-inner\t
        Content-Type: text/html; charset=iso-8859-1
        Content-Transfer-Encoding: Quoted-Printable

        <p>html</p>
        --b-inner--
        --b
        Content-Disposition: attachment

        saved
        --b--
        epilogue
        """;
    assertThat(bodies(message)).containsExactly("plain", "<p>html</p>", "saved");
    assertThat(leaves(message))
        .extracting(Leaf::mediaType, Leaf::transferEncoding, Leaf::attachment)
        .containsExactly(
            tuple("text/plain", "7bit", false),
            tuple("text/html", "quoted-printable", false),
            tuple("text/plain", "7bit", true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "multipart/signed; boundary=b; protocol=x/y",
        "multipart/encrypted; boundary=b",
        "application/pkcs7-mime; smime-type=signed-data",
        "message/rfc822",
        "multipart/mixed",
        "multipart/mixed; boundary=''",
        "multipart/mixed; boundary=other",
        "text/html; charset=a; charset=b",
        "text/html; nonsense",
      })
  void doesNotLookIntoWhatIsSealedOrUnclear(String contentType) {
    String message =
        "Content-Type: " + contentType.replace("''", "\"\"") + "\n\n--b\n\nhello\n--b--\n";
    assertThat(leaves(message)).singleElement().matches(Leaf::opaque);
  }

  @Test
  void doesNotTrustAMultipartThatNeverEndsOrGoesOnBehindItsEnd() {
    String start = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n";
    assertThat(leaves(start + "--b\n\ntwo\n")).singleElement().matches(Leaf::opaque);
    assertThat(leaves(start + "--b--\n--b\n\ntwo\n")).singleElement().matches(Leaf::opaque);
    assertThat(leaves(start + "--b--\n")).singleElement().matches(leaf -> !leaf.opaque());
  }

  @Test
  void keepsAnUnclearPartToItselfAndReadsItsNeighbours() {
    String message =
        """
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/html
        Content-Type: text/plain

        twice
        --b
        no header at all
        --b
        Content-Type: text/plain

        fine
        --b--
        """;
    assertThat(leaves(message)).extracting(Leaf::opaque).containsExactly(true, true, false);
  }

  @Test
  void givesUpOnNestingDeeperThanFiftyAndOnTooManyParts() {
    StringBuilder deep = new StringBuilder("Content-Type: multipart/mixed; boundary=b0\n\n");
    for (int i = 0; i < 60; i++) {
      deep.append("--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n".formatted(i, i + 1));
    }
    deep.append("--b60\n\nx\n--b60--\n");
    for (int i = 59; i >= 0; i--) {
      deep.append("--b%d--\n".formatted(i));
    }
    assertThat(leaves(deep.toString())).singleElement().matches(Leaf::opaque);
    byte[] bytes = deep.toString().replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    assertThat(MimeOutline.of(bytes, HeaderBlock.parse(bytes), 100).leaves())
        .singleElement()
        .matches(leaf -> !leaf.opaque());
    String many =
        "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n".repeat(1_001) + "--b--\n";
    assertThat(leaves(many)).singleElement().matches(Leaf::opaque);
  }

  @Test
  void agreesWithAngusOnGeneratedMessages() throws Exception {
    SplittableRandom random = new SplittableRandom(20261103);
    int compared = 0;
    for (int i = 0; i < 1_000; i++) {
      String message = new GeneratedMessage(random).message();
      byte[] bytes = crlf(message);
      List<String> theirs = new ArrayList<>();
      angus(
          new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(bytes)),
          theirs);
      List<String> ours = new ArrayList<>();
      for (Leaf leaf : MimeOutline.of(bytes, HeaderBlock.parse(bytes)).leaves()) {
        ours.add(leaf.mediaType() + "\n" + body(bytes, leaf));
      }
      assertThat(ours).describedAs(message).isEqualTo(theirs);
      compared += ours.size();
    }
    assertThat(compared).isGreaterThan(2_000);
  }

  private static void angus(jakarta.mail.internet.MimePart part, List<String> leaves)
      throws Exception {
    String type = new ContentType(part.getContentType()).getBaseType();
    if (type.startsWith("multipart/") && !type.equals("multipart/signed")) {
      Multipart multipart = (Multipart) part.getContent();
      for (int i = 0; i < multipart.getCount(); i++) {
        BodyPart child = multipart.getBodyPart(i);
        angus((MimeBodyPart) child, leaves);
      }
    } else {
      byte[] raw =
          part instanceof MimeBodyPart body
              ? body.getRawInputStream().readAllBytes()
              : ((MimeMessage) part).getRawInputStream().readAllBytes();
      leaves.add(type + "\n" + new String(raw, StandardCharsets.ISO_8859_1));
    }
  }

  /// Writes nested messages of every kind that a mailer makes.
  private static final class GeneratedMessage {
    private final SplittableRandom random;
    private int boundaries;

    GeneratedMessage(SplittableRandom random) {
      this.random = random;
    }

    String message() {
      return "From: a@b.example\nMIME-Version: 1.0\n" + part(0);
    }

    private String part(int depth) {
      int kind = random.nextInt(10);
      if (kind < 5 && depth < 5) {
        return multipart(depth);
      }
      return switch (kind) {
        case 6 -> "Content-Type: message/rfc822\n\nSubject: inner\n\n" + text();
        case 7 -> "Content-Type: multipart/signed; boundary=s\n\n--s\n\n" + text() + "\n--s--\n";
        case 8 -> "Content-Type: text/html;\n\tcharset=\"utf-8\"\n\n" + text();
        default -> "Content-Type: text/plain\nX-Folded: a\n b\n\n" + text();
      };
    }

    private String multipart(int depth) {
      String boundary = "=_" + "x".repeat(random.nextInt(3)) + boundaries++ + "_";
      StringBuilder text = new StringBuilder("Content-Type: multipart/mixed;\n boundary=\"");
      text.append(boundary).append("\"\n\n");
      if (random.nextBoolean()) {
        text.append("preamble\n");
      }
      int parts = 1 + random.nextInt(4);
      for (int i = 0; i < parts; i++) {
        text.append("--").append(boundary).append(random.nextInt(5) == 0 ? "  \n" : "\n");
        text.append(part(depth + 1)).append('\n');
      }
      text.append("--").append(boundary).append("--\n");
      return random.nextBoolean() ? text.append("epilogue\n").toString() : text.toString();
    }

    private String text() {
      StringBuilder text = new StringBuilder();
      int lines = random.nextInt(4);
      for (int i = 0; i < lines; i++) {
        text.append(
            List.of("hello", "", "--", "-- signature", "--=_0", " indented")
                .get(random.nextInt(6)));
        text.append(i + 1 < lines || random.nextBoolean() ? "\n" : "");
      }
      return text.toString();
    }
  }

  private static List<Leaf> leaves(String message) {
    byte[] bytes = crlf(message);
    return MimeOutline.of(bytes, HeaderBlock.parse(bytes)).leaves();
  }

  private static List<String> bodies(String message) {
    byte[] bytes = crlf(message);
    return leaves(message).stream().map(leaf -> body(bytes, leaf)).toList();
  }

  private static String body(byte[] bytes, Leaf leaf) {
    return new String(
        bytes, leaf.bodyStart(), leaf.bodyEnd() - leaf.bodyStart(), StandardCharsets.ISO_8859_1);
  }

  private static byte[] crlf(String message) {
    return message.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
  }
}
