package dev.waybill.relay.rendering;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlPlacesTest {
  private static final List<String> FRAGMENTS =
      List.of(
          "<a href=\"http://a.example/1\">x</a>",
          "<A HREF = 'http://a.example/2'>",
          "<a\r\nhref=http://a.example/3>",
          "<area href=\"https://a.example/4\" shape=rect>",
          "<b><i></b>",
          "<p>",
          "</p>",
          "<table><tr><a href='http://a.example/5'>f</a>",
          "</table>",
          "<!-- <a href='http://a.example/hidden'> -->",
          "<!--[if mso]><a href=\"http://a.example/6\">o</a><![endif]-->",
          "<!--[if !mso]><!--><a href='http://a.example/7'>n</a><!--<![endif]-->",
          "<script>'<a href=\"http://a.example/js\">'</script>",
          "<style>a{}</style>",
          "<textarea><a href='http://a.example/t'></textarea>",
          "<svg><a href='http://a.example/8'></a></svg>",
          "<body>",
          "</body>",
          "</html>",
          "{{x}} &amp; é\r\n",
          "<a href='http://a.example/?a=1&amp;b=%20&euro;'>");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<a href=\"http://a.example/\">x</a> | http://a.example/ | true",
        "<a href=HTTPS://a.example/x/>x</a> | HTTPS://a.example/x/ | false",
        "<a class=x  HREF = 'http://a.example/?a=1&amp;b=2&#x26;c'>| http://a.example/?a=1&b=2&c |"
            + " true",
        "<a href='http://a.example/1' href='http://a.example/2'> | http://a.example/1 | true",
        "<map><area shape=rect href=\"http://a.example/\"></map> | http://a.example/ | true",
        "<a href=' http://a.example/ '> | http://a.example/ | true",
        "<!--[if mso]><a href='http://a.example/o'>x</a><![endif]--> | http://a.example/o | true",
      })
  void findsLinks(String html, String destination, boolean quoted) {
    assertThat(places(html).links())
        .singleElement()
        .satisfies(link -> {
          assertThat(link.destination()).isEqualTo(destination);
          assertThat(link.quoted()).isEqualTo(quoted);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<a href=''>x</a>",
        "<a href>x</a>",
        "<a name=x>",
        "<a href='#top'>",
        "<a href='/relative'>",
        "<a href='mailto:a@b.example'>",
        "<a href='tel:+49'>",
        "<a href='ftp://a.example/'>",
        "<a href='{{link}}'>",
        "<a href='http://'>",
        "<a data-waybill-track='false' href='http://a.example/'>",
        "<!-- <a href='http://a.example/'> -->",
        "<script><a href='http://a.example/'></script>",
        "<link href='http://a.example/'><base href='http://a.example/'>",
        "<a href='http://a.example/unsubscribe'>",
        "<a href='http://a.example/\u0000'>",
        "<a href='http://a.example/é'>",
        "<a href='http://{{host}}/x'>",
        "<a href='http://[[host]]/x'>",
        "<a href='http://%host%/x'>",
        "<a href='http://user@/x'>",
        "<a href='http://a.example:80%/x'>",
        "<a href='http://a.example/?q=&eacute;'>",
      })
  void leavesOtherLinksAlone(String html) {
    assertThat(places(html).links()).isEmpty();
  }

  @Test
  void takesOutLineBreaksAsBrowsersDo() {
    assertThat(places("<a href='http://a.\r\n\texample/'>").links())
        .singleElement()
        .matches(link -> link.destination().equals("http://a.example/"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<html><body>x^</body></html>",
        "<BODY>x^</BODY >\t",
        "<html>x^</html>",
        "no markup^",
        "<body>never closed^",
        "<!-- </body> --><body>x^</body>",
        "<body><p>x<textarea></body></textarea>^</body>",
      })
  void findsTheEndOfTheBody(String marked) {
    String html = marked.replace("^", "");
    assertThat(places(html).end()).isEqualTo(marked.indexOf('^'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html><frameset><frame src=x></frameset></html>",
        "<p>x<!-- never closed",
        "<p>x<style>p{}",
        "<title>x",
        "<p>x<a href='never closed",
        "<template>x",
      })
  void knowsWhereNothingCanBeShown(String html) {
    assertThat(places(html).end()).isNegative();
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example:8080/x",
    "https://user:word@a.example",
    "http://[2001:db8::1]:80/",
    "http://192.0.2.1?x",
    "http://a_b.example\\x",
    "http://a.example/{{id}}?q={{name}}",
    "http://a.example/#&eacute;",
  })
  void countsAnyHostThatCanBeReached(String address) {
    assertThat(places("<a href='" + address + "'>").links()).hasSize(1);
  }

  @Test
  void leavesLongAddressesAlone() {
    String address = "http://a.example/" + "x".repeat(1_500 - 17);
    assertThat(places("<a href='" + address + "'>").links()).hasSize(1);
    assertThat(places("<a href='" + address + "x'>").links()).isEmpty();
  }

  @Test
  void staysOnSolidGroundInAnyMixture() {
    SplittableRandom random = new SplittableRandom(42);
    int found = 0;
    for (int i = 0; i < 5_000; i++) {
      StringBuilder html = new StringBuilder();
      for (int n = 1 + random.nextInt(12); n > 0; n--) {
        html.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
      }
      int before = 0;
      HtmlPlaces places = places(html.toString());
      for (HtmlPlaces.Link link : places.links()) {
        String raw = html.substring(link.from(), link.to());
        assertThat(raw).describedAs(html.toString()).startsWith("http").doesNotContain("<", ">");
        assertThat(raw).doesNotContain("hidden", "/js", "/t'");
        assertThat(html.substring(0, link.from())).matches("(?is).*href\\s*=\\s*['\"]?");
        assertThat(link.from()).isGreaterThanOrEqualTo(before);
        before = link.to();
        found++;
      }
      assertThat(places.end()).isBetween(0, html.length());
    }
    assertThat(found).isGreaterThan(5_000);
  }

  private static HtmlPlaces places(String html) {
    return HtmlPlaces.of(html, StandardCharsets.US_ASCII, new UnsubscribeLinks(Set.of()));
  }
}
