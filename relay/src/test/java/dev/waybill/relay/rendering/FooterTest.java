package dev.waybill.relay.rendering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.brand.Brand;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.MimeOutline;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.testing.SubmittedMail;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The domain's own words around the unsubscribe link, as a mail reader finds them in the copy.
class FooterTest {
  private static final Pattern URL = Pattern.compile("https://track\\.relay\\.example/u/[\\w-]+");
  private static final String HEADER = "From: shop@shop.example\r\nMIME-Version: 1.0\r\n";
  private static final String LINK = "[Abmelden](__unsubscribe_url__)";

  private static RenderingBench bench;

  @BeforeAll
  static void open() {
    bench = new RenderingBench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  /// A footer in a part, and what a reader sees of it.
  ///
  /// @param plain the text that its plain part shows in place of the footer; null for the relay's
  record Case(String footer, String charset, String encoding, @Nullable String plain) {}

  static List<Case> cases() {
    List<String> texts =
        List.of(
            "Sie kaufen bei Müller. " + LINK,
            "ミュラーで買い物をされた方に。[配信停止](__unsubscribe_url__)",
            "Bye 👋🏽 " + LINK,
            "<script>alert(1)</script> & \"quotes\" 'too' %s %n \\ ~ {0} $1 " + LINK,
            "أنت تشتري من مولر. [إلغاء الاشتراك](__unsubscribe_url__)",
            "Müller\nHauptstraße 1\n\n" + LINK + "\n- -- ---",
            "ä".repeat(455) + " " + LINK,
            "Just ASCII = fine. " + LINK);
    List<Case> cases = new ArrayList<>();
    for (String text : texts) {
      String seen = text.replaceAll("\\[(.*)]\\(.*\\)", "$1 <URL>");
      for (String charset : List.of("utf-8", "windows-1252", "shift_jis", "us-ascii")) {
        Charset known = Charset.forName(charset);
        boolean fits =
            new String(text.getBytes(known), known).equals(text)
                && known.newEncoder().canEncode(text);
        boolean ascii = text.chars().allMatch(c -> c < 0x80);
        for (String encoding : List.of("7bit", "8bit", "quoted-printable", "base64")) {
          cases.add(
              new Case(
                  text,
                  charset,
                  encoding,
                  fits && (ascii || !encoding.equals("7bit")) ? seen : null));
        }
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void standsInThePlainPartWhereItsCharsetCanHoldIt(Case it) throws Exception {
    byte[] submitted = message("text/plain", it, "Sale\r\n");
    RenderedCopy copy = render(submitted, it.footer());

    String text = URL.matcher(content(copy)).replaceAll("URL");
    String expected = it.plain() == null ? "Unsubscribe: URL" : it.plain();
    assertThat(text).startsWith("Sale\r\n\r\n").endsWith("\r\n");
    assertThat(unwrapped(text.substring("Sale\r\n".length()))).isEqualTo(unwrapped(expected));
    assertThat(copy.eightBit()).isEqualTo(hasEightBit(copy.bytes()));
    if (!it.encoding().equals("8bit")) {
      assertThat(hasEightBit(copy.bytes())).isFalse();
    }
    isFitForSmtp(copy.bytes(), it.encoding());
    assertThat(render(submitted, it.footer()).bytes()).isEqualTo(copy.bytes());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void standsInTheHtmlPartInAnyCharset(Case it) throws Exception {
    String html = "<html><body><p>Sale</p></body></html>\r\n";
    RenderedCopy copy = render(message("text/html", it, html), it.footer());

    assertThat(hasEightBit(copy.bytes())).isFalse();
    isFitForSmtp(copy.bytes(), it.encoding());
    String content = content(copy);
    assertThat(content).startsWith("<html><body><p>Sale</p>").endsWith("</body></html>\r\n");
    Document document = Jsoup.parse(content);
    assertThat(document.select("script, body > *")).hasSize(2);
    Element link = document.expectFirst("p[dir=auto] a");
    assertThat(link.attr("href")).matches(URL);
    document.select("wbr").remove();
    document.select("br").forEach(line -> line.after("\n"));
    assertThat(document.expectFirst("p[dir=auto]").wholeText().replaceAll("\\s+", " "))
        .isEqualTo(it.footer().replaceAll("\\[(.*)]\\(.*\\)", "$1").replaceAll("\\s+", " "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "text/html"})
  void isNeverTakenForABoundary(String type) {
    String mail =
        "From: shop@shop.example\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
            + type
            + "\r\n\r\nSale\r\n--b--\r\n";
    byte[] copy =
        render(mail.getBytes(StandardCharsets.US_ASCII), "--b\n--b--\nBye\n" + LINK).bytes();

    assertThat(MimeOutline.of(copy, HeaderBlock.parse(copy)).leaves()).hasSize(1);
    assertThat(new String(copy, StandardCharsets.US_ASCII)).contains("Bye").endsWith("--b--\r\n");
  }

  /// The line break before a boundary is the boundary's: there is no empty line behind the header.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Type: text/plain\r\n\r\n--b",
        "Content-Type: text/plain\r\n--b",
        "\r\n--b",
        "--b",
        "Content-Type: text/html\r\n\r\n--b"
      })
  void isNeverTakenForAFieldOfAnEmptyPart(String emptyPart) {
    String mail =
        "From: shop@shop.example\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
            + emptyPart
            + "\r\nContent-Type: text/html\r\n\r\n<p>Sale</p>\r\n--b--\r\n";

    String copy =
        new String(
            render(mail.getBytes(StandardCharsets.US_ASCII), "Bye " + LINK).bytes(),
            StandardCharsets.US_ASCII);

    assertThat(copy).contains("\r\n--b\r\n" + emptyPart + "\r\nContent-Type: text/html\r\n\r\n");
    assertThat(copy.split("Bye", -1)).hasSize(2);
  }

  @Test
  void changesNothingElse() throws Exception {
    String plain = "Caf=E9 =\r\nau lait\r\n";
    String html = "<body>Caf\u00e9</body>";
    String before =
        HEADER
            + "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
            + "Content-Type: text/plain; charset=iso-8859-1\r\n"
            + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            + plain
            + "--b\r\nContent-Type: text/html; charset=iso-8859-1\r\n"
            + "Content-Transfer-Encoding: 8bit\r\n\r\n"
            + html
            + "\r\n--b--\r\n";
    RenderedCopy copy =
        render(before.getBytes(StandardCharsets.ISO_8859_1), "Tschüß: __unsubscribe_url__");

    String body =
        RenderingBench.body(new String(copy.bytes(), StandardCharsets.ISO_8859_1))
            .replaceAll("=\r\n(?!au)", "");
    assertThat(URL.matcher(body.replace("=2D", "-")).replaceAll("URL"))
        .isEqualTo(
            RenderingBench.body(before)
                .replace("au lait", "au lait\r\n\r\nTsch=FC=DF: URL\r\n")
                .replace(
                    "</body>",
                    "\r\n<p dir=\"auto\" style=\"font-size:12px;text-align:center\">"
                        + "Tsch&#252;&#223;: <a href=\"URL\">track.relay.example</a></p>\r\n"
                        + "</body>"));
    assertThat(copy.eightBit()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Newsletter abbestellen | Newsletter abbestellen: URL | <a>Newsletter abbestellen</a>",
        "Genug? | Genug? URL | <a>Genug?</a>",
        "Müller, Bern.\\nAbmelden | Müller, Bern.\\nAbmelden: URL | Müller, Bern.<br>"
            + "<a>Abmelden</a>",
        "Weg: __unsubscribe_url__. Tschüß | Weg: URL.\\nTschüß | Weg:"
            + " <a>track.relay.example</a>. Tschüß",
        "解除__unsubscribe_url__です | 解除 URL\\nです | 解除<a>track.relay.example</a>です",
        "(__unsubscribe_url__) | (URL) | (<a>track.relay.example</a>)",
        "[en](__unsubscribe_url__) / [de](__unsubscribe_url__) | en <URL>\\n/ de <URL> |"
            + " <a>en</a> / <a>de</a>",
        "[a [b](__unsubscribe_url__) c | [a b <URL>\\nc | [a <a>b</a> c",
        "[x](https://shop.example) y | [x](https://shop.example) y: URL |"
            + " <a>[x](https://shop.example) y</a>",
      })
  void putsTheLinkWhereTheTextWantsIt(String footer, String plain, String html) throws Exception {
    String text = footer.replace("\\n", "\n");
    Case eightBit = new Case(text, "utf-8", "8bit", null);

    String seen = content(render(message("text/plain", eightBit, ""), text));
    assertThat(URL.matcher(seen.strip()).replaceAll("URL").replace("\r\n", "\\n")).isEqualTo(plain);
    Element added =
        Jsoup.parse(content(render(message("text/html", eightBit, ""), text))).expectFirst("p");
    added.select("a").removeAttr("href");
    assertThat(added.html().replaceAll("\\s*\n", "")).isEqualTo(html);
  }

  /// A yen sign shares its octet with the backslash.
  @Test
  void givesNoReaderAnotherTextThanWasMeant() throws Exception {
    Case it = new Case("¥100 " + LINK, "shift_jis", "8bit", null);
    assertThat(content(render(message("text/plain", it, "Sale\r\n"), it.footer())))
        .contains("Unsubscribe: https://")
        .doesNotContain("100");
  }

  @Test
  void leavesMailAloneThatHasALinkOrIsNoMarketing() throws Exception {
    Case it = new Case("Tschüß", "utf-8", "8bit", null);
    byte[] own = message("text/plain", it, "Leave: __unsubscribe_url__\r\n");
    assertThat(content(render(own, it.footer()))).doesNotContain("Tsch");
    byte[] bill = message("text/plain", it, "Bill\r\n");
    assertThat(bench.copy(SubmittedMail.transactional(bill), shop(it.footer())))
        .endsWith("\r\n\r\nBill\r\n");
  }

  /// The text as it would be without line breaks of the relay's.
  private static String unwrapped(String text) {
    return text.replaceAll("[\\s]+", "");
  }

  private static void isFitForSmtp(byte[] copy, String encoding) {
    int longest = encoding.equals("quoted-printable") || encoding.equals("base64") ? 76 : 998;
    String text = new String(copy, StandardCharsets.ISO_8859_1);
    assertThat(RenderingBench.body(text).split("\r\n"))
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(longest));
    assertThat(text).doesNotContainPattern("[^\r]\n|\r[^\n]");
  }

  private static boolean hasEightBit(byte[] copy) {
    return PreparedMessage.hasEightBit(copy, 0, copy.length);
  }

  private static byte[] message(String type, Case it, String body) throws Exception {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    encoded.writeBytes(
        (HEADER
                + "Content-Type: %s; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n"
                    .formatted(type, it.charset(), it.encoding()))
            .getBytes(StandardCharsets.US_ASCII));
    try (OutputStream out = MimeUtility.encode(encoded, it.encoding())) {
      out.write(body.getBytes(StandardCharsets.US_ASCII));
    }
    return encoded.toByteArray();
  }

  private static RenderedCopy render(byte[] submitted, String footer) {
    SubmittedMail mail =
        new SubmittedMail(submitted, Stream.MARKETING, null, null, null, "by relay.example", false);
    return bench.render(mail, shop(footer));
  }

  private static SendingDomain shop(String footer) {
    SendingDomain plain = SubmittedMail.domain();
    return new SendingDomain(
        plain.id(),
        plain.name(),
        plain.status(),
        plain.returnPathLabel(),
        false,
        false,
        null,
        false,
        plain.createdAt(),
        new Brand(null, footer, null));
  }

  /// The text of a message of one part, as Angus Mail reads it.
  private static String content(RenderedCopy copy) throws Exception {
    Part part =
        new MimeMessage(
            Session.getInstance(new Properties()), new ByteArrayInputStream(copy.bytes()));
    return (String) part.getContent();
  }
}
