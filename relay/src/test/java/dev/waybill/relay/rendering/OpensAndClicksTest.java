package dev.waybill.relay.rendering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.DkimCheck;
import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.testing.SubmittedMail;
import dev.waybill.relay.tokens.Tokens;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpensAndClicksTest {
  private static final String HEADER = "From: shop@shop.example\r\nMIME-Version: 1.0\r\n";

  private static RenderingBench bench;

  @BeforeAll
  static void open() {
    bench = new RenderingBench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @Test
  void changesOnlyLinksAndPixelInQuotedPrintableWindows1252() throws Exception {
    List<String> pieces =
        List.of(
            """
            preamble\r
            --b\r
            Content-Type: text/plain; charset=windows-1252\r
            Content-Transfer-Encoding: quoted-printable\r
            \r
            Sch=f6n: https://shop.example/plain costs 5 =80\r
            --b\r
            Content-Type: text/html; charset="Windows-1252"\r
            Content-Transfer-Encoding: Quoted-Printable\r
            \r
            <html><BODY bgcolor=3D"#fff">\r
            <p>Gr=fc=DFe f=FCr 10 =80, also lower case =e4, odd =41:  <a class=3D"x=\r
            " HREF =3D '\
            """,
            """
            '>los</a> with a tail that is nearly long eno=\r
            ugh</p><p><a href=3D\
            """,
            """
             class=3Dy>unquoted</a><a\thref=3D"mailto:x@shop.example">mail</a> \t=20\r
            <a data-waybill-track=3D"False" href=3D"https://shop.example/not">no</a>\r
            """,
            """
            </BODY></html>\r
            --b--\r
            epilogue\r
            """);
    String submitted =
        HEADER
            + "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
            + pieces.get(0)
            + "https://shop.example/=E4?a=3D1&amp;b=\r\n=3D2&#38;c"
            + pieces.get(1)
            + "http://shop.example/b"
            + pieces.get(2)
            + pieces.get(3);
    RenderedCopy copy =
        bench.render(
            SubmittedMail.transactional(submitted.getBytes(StandardCharsets.US_ASCII)),
            SubmittedMail.domain(true, true, null));
    String body = RenderingBench.body(new String(copy.bytes(), StandardCharsets.ISO_8859_1));
    List<String> changed = between(body, pieces);

    assertThat(destination(decoded(changed.get(0)))).isEqualTo("https://shop.example/ä?a=1&b=2&c");
    assertThat(decoded(changed.get(1))).startsWith("\"").endsWith("\"");
    assertThat(destination(decoded(changed.get(1)).replace("\"", "")))
        .isEqualTo("http://shop.example/b");
    assertThat(decoded(changed.get(2)))
        .matches(
            "<img src=\"https://track\\.relay\\.example/o/[\\w-]+\\.gif\" width=\"1\" height=\"1\""
                + " alt=\"\" border=\"0\" style=\"position:absolute;margin-top:-1px\">");
    assertThat(body.split("\r\n")).allSatisfy(line -> assertThat(line.length()).isLessThan(77));
    assertThat(DkimCheck.problem(copy.bytes(), 0, RenderingBench.RSA.getPublic())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "utf-8, 8bit",
    "iso-8859-15, 8bit",
    "windows-1251, 8bit",
    "shift_jis, 8bit",
    "utf-8, binary",
    "gb18030, base64",
    "utf-8, base64",
    "koi8-r, base64",
  })
  void keepsCharsetAndTransferEncoding(String charset, String encoding) {
    String href = "https://shop.example/x";
    String before = "<body>абв 日本 äöü€ ".repeat(9) + "<a href='";
    String after = "'>текст ソ表</a>".repeat(9);
    String end = "</body>\r\n";
    Charset codec = Charset.forName(charset);
    String copy =
        bench.copy(
            SubmittedMail.transactional(
                message(charset, encoding, (before + href + after + end).getBytes(codec))),
            SubmittedMail.domain(true, true, "links"));
    String body = RenderingBench.body(copy);
    byte[] octets = body.getBytes(StandardCharsets.ISO_8859_1);
    byte[] decoded = encoding.equals("base64") ? Base64.getMimeDecoder().decode(octets) : octets;
    List<String> changed =
        between(
            new String(decoded, StandardCharsets.ISO_8859_1),
            List.of(latin(before, codec), latin(after, codec), latin(end, codec)));
    assertThat(changed.get(0)).startsWith("https://links.shop.example/c/");
    assertThat(destination(changed.get(0))).isEqualTo(href);
    assertThat(changed.get(1)).startsWith("<img src=\"https://links.shop.example/o/");
    if (encoding.equals("base64")) {
      String submitted = base64((before + href + after + end).getBytes(codec));
      assertThat(body).startsWith(submitted.substring(0, submitted.indexOf("\r\n") + 2));
      assertThat(body.split("\r\n")).allSatisfy(line -> assertThat(line.length()).isLessThan(77));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "utf-16, base64",
    "iso-2022-jp, 7bit",
    "x-unknown, 8bit",
    "utf-8, x-uuencode",
    "us-ascii, quoted-printable; broken=1",
  })
  void leavesAloneWhatItCannotChangeSafely(String charset, String encoding) {
    String html = "<body>=ZZ<a href='https://shop.example/x'>x</a></body>\r\n";
    Charset codec = charset.startsWith("x-") ? StandardCharsets.UTF_8 : Charset.forName(charset);
    String submitted =
        new String(message(charset, encoding, html.getBytes(codec)), StandardCharsets.ISO_8859_1);
    assertThat(
            bench.copy(
                SubmittedMail.transactional(submitted.getBytes(StandardCharsets.ISO_8859_1)),
                SubmittedMail.domain(true, true, null)))
        .endsWith(submitted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multipart/signed; boundary=b; protocol=\"application/pgp-signature\"",
        "multipart/encrypted; boundary=b",
        "multipart/mixed; boundary=other",
      })
  void changesNothingBelowASealedOrUnclearTop(String type) {
    String submitted =
        HEADER
            + "Content-Type: "
            + type
            + "\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
            + "<a href='https://shop.example/'>x __unsubscribe_url__</a>\r\n--b--\r\n";
    assertThat(
            bench.copy(
                SubmittedMail.transactional(submitted), SubmittedMail.domain(true, true, null)))
        .endsWith(submitted);
  }

  @Test
  void changesTheVisibleHtmlBesideAttachmentsAndForwardedMail() {
    String html = "Content-Type: text/html\r\n";
    String link = "<a href=\"https://shop.example/\">x</a>\r\n";
    String submitted =
        HEADER
            + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
            + html
            + "Content-Disposition: attachment; filename=a.html\r\n\r\n"
            + link
            + "--b\r\nContent-Type: message/rfc822\r\n\r\n"
            + html
            + "\r\n"
            + link
            + "--b\r\n"
            + html
            + "\r\n"
            + link
            + "--b\r\n"
            + html
            + "\r\n"
            + link
            + "--b--\r\n";
    String copy =
        bench.copy(SubmittedMail.transactional(submitted), SubmittedMail.domain(true, true, null));
    assertThat(copy.split("https://shop.example/", -1)).hasSize(3);
    assertThat(copy.split("/o/", -1)).describedAs("one pixel in all").hasSize(2);
    assertThat(copy.indexOf("/c/")).isGreaterThan(copy.lastIndexOf("https://shop.example/"));
  }

  @Test
  void letsTheMessageOverruleItsDomain() {
    String html =
        HEADER
            + "Content-Type: text/html\r\n\r\n"
            + "<body><a href='https://shop.example/'>x</a></body>\r\n";
    SubmittedMail mail = SubmittedMail.transactional(html);
    assertThat(bench.copy(mail)).endsWith(html);
    assertThat(bench.copy(mail.tracked(true, false))).contains("/o/").doesNotContain("/c/");
    assertThat(bench.copy(mail.tracked(false, true))).contains("/c/").doesNotContain("/o/");
    assertThat(bench.copy(mail.tracked(false, false), SubmittedMail.domain(true, true, null)))
        .endsWith(html);
  }

  @Test
  void neverMakesALineTooLongForSmtp() {
    String link = "<a href=\"https://shop.example/\">x</a>";
    String submitted =
        HEADER
            + "Content-Type: text/html\r\n\r\n<body>"
            + "x".repeat(850)
            + link
            + link
            + "</body>\r\n";
    String copy =
        bench.copy(SubmittedMail.transactional(submitted), SubmittedMail.domain(true, true, null));
    assertThat(copy.split("\r\n")).allSatisfy(line -> assertThat(line.length()).isLessThan(999));
    assertThat(copy).contains(link + "\r\n<img src=").doesNotContain("/c/" + link);
  }

  private static byte[] message(String charset, String encoding, byte[] html) {
    byte[] body =
        encoding.equals("base64") ? base64(html).getBytes(StandardCharsets.US_ASCII) : html;
    byte[] header =
        (HEADER
                + "Content-Type: text/html; charset="
                + charset
                + "\r\nContent-Transfer-Encoding: "
                + encoding
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] message = new byte[header.length + body.length];
    System.arraycopy(header, 0, message, 0, header.length);
    System.arraycopy(body, 0, message, header.length, body.length);
    return message;
  }

  private static String base64(byte[] octets) {
    return Base64.getMimeEncoder(76, new byte[] {'\r', '\n'}).encodeToString(octets) + "\r\n";
  }

  private static String latin(String text, Charset charset) {
    return new String(text.getBytes(charset), StandardCharsets.ISO_8859_1);
  }

  /// What stands between pieces that must follow each other and reach from beginning to end.
  private static List<String> between(String text, List<String> pieces) {
    assertThat(text).startsWith(pieces.getFirst()).endsWith(pieces.getLast());
    List<String> between = new ArrayList<>();
    int position = pieces.getFirst().length();
    for (String piece : pieces.subList(1, pieces.size())) {
      int next = text.indexOf(piece, position);
      assertThat(next).describedAs("the unchanged \"%s\" in %s", piece, text).isNotNegative();
      between.add(text.substring(position, next));
      position = next + piece.length();
    }
    assertThat(position).isEqualTo(text.length());
    return between;
  }

  private static String decoded(String quotedPrintable) {
    return quotedPrintable.replace("=\r\n", "").replace("=2D", "-").replace("=3D", "=");
  }

  private static String destination(String url) {
    return bench
        .tokens()
        .readClick(url.substring(url.indexOf("/c/") + 3))
        .map(Tokens.Click::destination)
        .orElse("no token in " + url);
  }
}
