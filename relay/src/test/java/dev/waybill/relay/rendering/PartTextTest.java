package dev.waybill.relay.rendering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.MimeOutline.Leaf;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"quoted-printable", "base64", "8bit"})
  void editsEncodedTextAsIfItWerePlain(String encoding) throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1_500; i++) {
      String plain = text(random);
      String encoded = encode(plain, encoding);
      byte[] message = ("ABC" + encoded + "XYZ").getBytes(StandardCharsets.ISO_8859_1);
      PartText part = PartText.read(message, leaf(3, message.length - 3, encoding)).orElseThrow();
      assertThat(part.text()).isEqualTo(plain);

      List<TextEdit> edits = edits(random, plain, encoding.equals("8bit") ? 5 : 60);
      Edits spliced = new Edits();
      assertThat(part.splice(edits, spliced)).isNotNegative();
      String result = new String(spliced.apply(message), StandardCharsets.ISO_8859_1);
      assertThat(result).startsWith("ABC").endsWith("XYZ");
      String body = result.substring(3, result.length() - 3);
      assertThat(decode(body, encoding))
          .describedAs("%s with %s", encoded, edits)
          .isEqualTo(edited(plain, edits));
      if (!encoding.equals("8bit")) {
        assertThat(body.split("\r\n"))
            .describedAs(body)
            .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(76));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"=", "=4", "=G0", "a=\tb", "==41", "=3", "=\r"})
  void refusesBrokenQuotedPrintable(String encoded) {
    byte[] message = (encoded + "x").getBytes(StandardCharsets.US_ASCII);
    boolean cut = encoded.equals("=");
    assertThat(PartText.read(message, leaf(0, message.length - (cut ? 0 : 1), "quoted-printable")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"QQ", "QUJ$", "QUJD QUJD", "QUJDRA==QUJD", "QUJD\r\nQUJDQUJD\r\nQUJD"})
  void refusesBase64ThatItCouldNotWriteTheSameWay(String encoded) {
    byte[] message = encoded.getBytes(StandardCharsets.US_ASCII);
    assertThat(PartText.read(message, leaf(0, message.length, "base64"))).isEmpty();
  }

  @Test
  void keepsOddSpellingsBesideAnEdit() {
    String encoded = "=41=e4 x \t\r\nlink=\r\n=20 \r\nend=";
    byte[] message = encoded.getBytes(StandardCharsets.US_ASCII);
    PartText part =
        PartText.read(message, leaf(0, message.length, "quoted-printable")).orElseThrow();
    int link = part.text().indexOf("link");
    Edits spliced = new Edits();
    TextEdit edit = new TextEdit(link, link + 4, "a=b", Reason.LINK_COUNTED, true);
    assertThat(part.splice(List.of(edit), spliced)).isZero();
    assertThat(new String(spliced.apply(message), StandardCharsets.US_ASCII))
        .isEqualTo(encoded.replace("link", "a=3Db"));
  }

  @Test
  void neverBeginsALineWithAHyphenOfItsOwn() {
    byte[] message = "xy".getBytes(StandardCharsets.US_ASCII);
    PartText part = PartText.read(message, leaf(0, 2, "quoted-printable")).orElseThrow();
    for (int before = 60; before < 90; before++) {
      Edits spliced = new Edits();
      String added = "a".repeat(before) + "--b--".repeat(40);
      TextEdit edit = new TextEdit(1, 1, added, Reason.FOOTER_ADDED, true);
      assertThat(part.splice(List.of(edit), spliced)).isZero();
      assertThat(new String(spliced.apply(message), StandardCharsets.US_ASCII).split("\r\n"))
          .allSatisfy(line -> {
            assertThat(line).doesNotStartWith("-");
            assertThat(line.length()).isLessThanOrEqualTo(76);
          });
    }
  }

  private static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(400); n > 0; n--) {
      int kind = random.nextInt(40);
      text.append(
          kind == 0
              ? "\r\n"
              : kind < 4 ? " " : kind < 8 ? "é" : kind < 10 ? "=" : kind < 12 ? "\t" : "m");
    }
    return text.toString();
  }

  private static List<TextEdit> edits(SplittableRandom random, String plain, int longest) {
    List<TextEdit> edits = new ArrayList<>();
    int position = 0;
    while (edits.size() < 5) {
      int from = position + random.nextInt(60);
      int to = from + (random.nextBoolean() ? 0 : random.nextInt(90));
      if (to > plain.length()) {
        break;
      }
      if (splitsLineBreak(plain, from) || splitsLineBreak(plain, to)) {
        continue;
      }
      String replacement =
          "x=y?".repeat(random.nextInt(longest)) + (random.nextBoolean() ? " " : "");
      edits.add(new TextEdit(from, to, replacement, Reason.LINK_COUNTED, false));
      position = to + 1;
    }
    return edits;
  }

  private static boolean splitsLineBreak(String text, int at) {
    return at > 0 && at < text.length() && text.charAt(at) == '\n';
  }

  private static String edited(String plain, List<TextEdit> edits) {
    StringBuilder text = new StringBuilder(plain);
    for (TextEdit edit : edits.reversed()) {
      text.replace(edit.from(), edit.to(), edit.replacement());
    }
    return text.toString();
  }

  private static Leaf leaf(int from, int to, String encoding) {
    return new Leaf(0, from, to, "text/html", "", encoding, false, false);
  }

  private static String encode(String plain, String encoding) throws Exception {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    try (OutputStream out = MimeUtility.encode(encoded, encoding)) {
      out.write(plain.getBytes(StandardCharsets.ISO_8859_1));
    }
    return encoded.toString(StandardCharsets.ISO_8859_1);
  }

  private static String decode(String encoded, String encoding) throws Exception {
    return new String(
        MimeUtility.decode(
                new ByteArrayInputStream(encoded.getBytes(StandardCharsets.ISO_8859_1)), encoding)
            .readAllBytes(),
        StandardCharsets.ISO_8859_1);
  }
}
