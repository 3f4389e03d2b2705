package dev.waybill.relay.rendering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.testing.SubmittedMail;
import dev.waybill.relay.tokens.Tokens;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnsubscribingTest {
  private static final String HEADER = "From: shop@shop.example\r\n";
  private static final String HTML = HEADER + "Content-Type: text/html\r\n\r\n";
  private static final Pattern URL = Pattern.compile("https://track\\.relay\\.example/u/([\\w-]+)");

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
  void announcesOneClickAndMailForMarketing() {
    String copy = bench.copy(SubmittedMail.marketing(HEADER + "\r\nSale\r\n"));
    Matcher fields =
        Pattern.compile(
                "(?s)List-Unsubscribe:\\s+<(https://\\S+)>,\\s+<mailto:unsubscribe\\+([a-z2-7]+)"
                    + "@send\\.shop\\.example>\r\n"
                    + "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
            .matcher(copy);
    assertThat(fields.find()).describedAs(copy).isTrue();
    assertThat(bench.tokens().readUnsubscribe(fields.group(1).replaceFirst(".*/u/", "")))
        .map(Tokens.Unsubscribe::recipient)
        .contains(EmailAddress.of("ann@rcpt.example"));
    assertThat(bench.tokens().readReturnPath(fields.group(2))).isPresent();
    assertThat(copy).contains(":list-unsubscribe:").contains("list-unsubscribe-post");
    assertThat(bench.copy(SubmittedMail.transactional(HEADER + "\r\nBill\r\n")))
        .doesNotContain("nsubscribe");
  }

  @Test
  void respectsTheApplicationsOwnAnnouncement() {
    String own = "List-Unsubscribe: <https://shop.example/bye?u=1>\r\n";
    String copy =
        bench.copy(
            SubmittedMail.marketing(HEADER + own + "\r\nLeave: https://shop.example/bye?u=1\r\n"));
    assertThat(copy).contains(own).doesNotContain("One-Click").doesNotContain("/u/");
    String post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    assertThat(bench.copy(SubmittedMail.marketing(HEADER + post + "\r\nx\r\n")).split(post, -1))
        .hasSize(2);
  }

  @Test
  void addsAFooterToEachTextPartOfMarketingWithoutALink() {
    String plain = "Content-Type: text/plain\r\n\r\nSale";
    String html = "Content-Type: text/html\r\n\r\n<html><body>Sale";
    String copy =
        bench.copy(
            SubmittedMail.marketing(
                HEADER
                    + "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
                    + plain
                    + "\r\n--b\r\n"
                    + html
                    + "</body></html>\r\n--b--\r\n"));
    String body = URL.matcher(RenderingBench.body(copy)).replaceAll("URL");
    assertThat(body)
        .isEqualTo(
            "--b\r\n"
                + plain
                + "\r\n\r\nUnsubscribe: URL\r\n\r\n--b\r\n"
                + html
                + "<p style=\"font-size:12px;text-align:center\"><a"
                + " href=\"URL\">Unsubscribe</a></p></body></html>\r\n"
                + "--b--\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        HTML + "<body><a href='https://shop.example/unsubscribe?u=1'>x</a></body>\r\n",
        HTML + "<body><a href='https://shop.example/x'><b>Unsubscribe</b> here</a></body>\r\n",
        HTML + "<body><a href='mailto:x@shop.example?subject=unsubscribe'>x</a></body>\r\n",
        HTML + "<body><a href='https://shop.example/opt-out'>x</a></body>\r\n",
        HEADER + "\r\nUnsubscribe here:\r\nhttps://shop.example/x\r\n",
      })
  void addsNoFooterAndCountsNoClickWhereALinkUnsubscribes(String submitted) {
    assertThat(
            bench.copy(SubmittedMail.marketing(submitted), SubmittedMail.domain(false, true, null)))
        .endsWith(RenderingBench.body(submitted));
  }

  @Test
  void putsItsAddressWhereTheApplicationWantsItInAnyStream() {
    String copy =
        bench.copy(
            SubmittedMail.transactional(
                HTML
                    + "<body><a href=\"__unsubscribe_url__\">x</a> __unsubscribe_url__"
                    + "<a href=\"https://shop.example/?u=__unsubscribe_url__\">y</a></body>\r\n"),
            SubmittedMail.domain(false, true, null));
    assertThat(URL.matcher(RenderingBench.body(copy)).replaceAll("URL"))
        .isEqualTo(
            "<body><a href=\"URL\">x</a> URL"
                + "<a href=\"https://shop.example/?u=URL\">y</a></body>\r\n");
  }

  /// A blank that a soft line break kept would be lost before the footer's own line break.
  @Test
  void keepsBlanksAtTheEndOfQuotedPrintableText() {
    String copy =
        bench.copy(
            SubmittedMail.marketing(
                HEADER + "Content-Transfer-Encoding: quoted-printable\r\n\r\nBye \t="));
    assertThat(RenderingBench.body(copy)).startsWith("Bye \t=\r\n\r\n\r\nUnsubscribe: http");
  }

  @Test
  void knowsTheWordOfAmazonSes() {
    String copy =
        bench.copy(
            SubmittedMail.marketing(
                HTML + "<body><a href=\"{{amazonSESUnsubscribeUrl}}\">x</a></body>\r\n"),
            SubmittedMail.domain(true, true, null));
    assertThat(URL.matcher(RenderingBench.body(copy)).replaceAll("URL"))
        .contains("<body><a href=\"URL\">x</a>")
        .doesNotContain("amazonSES");
  }

  @Test
  void findsThePlaceholderAcrossSoftLineBreaks() {
    String copy =
        bench.copy(
            SubmittedMail.marketing(
                HEADER
                    + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                    + "Bye =E4: __unsub=\r\nscribe=5Furl__ !\r\n"));
    String body = RenderingBench.body(copy);
    assertThat(body).startsWith("Bye =E4: ").endsWith(" !\r\n").doesNotContain("scribe_url");
    assertThat(body.split("\r\n")).allSatisfy(line -> assertThat(line.length()).isLessThan(77));
    assertThat(URL.matcher(body.replace("=\r\n", "")).replaceAll("URL"))
        .isEqualTo("Bye =E4: URL !\r\n");
  }

  @Test
  void neverTouchesSignedText() {
    String submitted =
        HEADER
            + "\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\n__unsubscribe_url__\r\n"
            + "-----BEGIN PGP SIGNATURE-----\r\n";
    assertThat(bench.copy(SubmittedMail.marketing(submitted)))
        .endsWith(RenderingBench.body(submitted));
  }
}
