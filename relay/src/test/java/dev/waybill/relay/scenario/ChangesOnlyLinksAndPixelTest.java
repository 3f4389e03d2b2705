package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ChangesOnlyLinksAndPixelTest {
  private static final String MESSAGE =
      """
      From: app@sandbox.example
      To: erin@exact.example
      Bcc: hidden@exact.example
      Subject: =?windows-1252?Q?Gr=FC=DFe?=
      X-Waybill-Tag: exact
      MIME-Version: 1.0
      Content-Type: multipart/alternative; boundary="=_b 1"

      This preamble stays.
      --=_b 1
      Content-Type: text/plain; charset=windows-1252
      Content-Transfer-Encoding: quoted-printable

      Gr=FC=DFe: https://shop.example/plain=20
      --=_b 1\s\s
      Content-Type: text/html; charset="windows-1252"
      Content-Transfer-Encoding: quoted-printable

      <html><body class=3D"a  b">=0D=0A<p>Gr=FC=DFe =80 5, soft=
       break</p>
      <A HREF =3D "https://shop.example/a=E4?x=3D1&amp;y=3D2">Caf=E9</A>=20
      <a href=3D'mailto:x@y.example'>mail</a> <a href=3D"#top">top</a>
      <a data-waybill-track=3D"false" href=3D"https://shop.example/quiet">q</a>
      =3D=3D=3D unusual =41=42 encodings stay=09
      </body></html>
      --=_b 1--
      The epilogue too.
      """
          .replace("\n", "\r\n");

  private final World world = World.get();

  @Test
  void everyOtherByteOfAQuotedPrintableWindows1252PartIsAsSubmitted() {
    world.accepted(MESSAGE, "erin@exact.example");
    String raw = world.raw(world.arrived("erin@exact.example"));
    String sent = body(raw);
    String submitted = body(MESSAGE);

    String link = "\"https://shop.example/a=E4?x=3D1&amp;y=3D2\"";
    int linkAt = submitted.indexOf(link);
    String beforeLink = submitted.substring(0, linkAt);
    String between =
        submitted.substring(linkAt + link.length(), submitted.indexOf("</body></html>"));
    String after = submitted.substring(submitted.indexOf("</body></html>"));

    assertThat(sent).startsWith(beforeLink).endsWith(after);
    String middle = sent.substring(beforeLink.length(), sent.length() - after.length());
    int betweenAt = middle.indexOf(between);
    assertThat(betweenAt).as("the bytes between link and pixel").isPositive();
    String newLink = decoded(middle.substring(0, betweenAt));
    String pixel = decoded(middle.substring(betweenAt + between.length()));
    assertThat(newLink).matches("\"http://127\\.0\\.0\\.1:\\d+/c/[A-Za-z0-9_-]+\"");
    assertThat(pixel).startsWith("<img ").contains("/o/").endsWith(">");

    String destination =
        world.get(newLink.replace("\"", "")).headers().firstValue("location").orElse("");
    assertThat(destination).isEqualTo("https://shop.example/a%C3%A4?x=1&y=2");
  }

  @Test
  void removesBccAndControlFieldsAndKeepsEveryOtherFieldAsItWas() {
    world.accepted(MESSAGE.replace("erin@", "frank@"), "frank@exact.example");
    String head = head(world.raw(world.arrived("frank@exact.example")));

    assertThat(head)
        .doesNotContain("Bcc:", "X-Waybill-")
        .contains("\r\nSubject: =?windows-1252?Q?Gr=FC=DFe?=\r\n")
        .contains("\r\nContent-Type: multipart/alternative; boundary=\"=_b 1\"\r\n")
        .contains("\r\nMessage-ID: <", "\r\nDate: ", "\r\nFeedback-ID: ");
  }

  @Test
  void recordsOpensAndClicksBehindTheAnswer() {
    String id = world.accepted(MESSAGE.replace("erin@", "grace@"), "grace@exact.example");
    String html = decoded(body(world.raw(world.arrived("grace@exact.example"))));

    var pixel = world.get(first(html, "http://[^\"' >]+/o/[^\"' >]+"));
    assertThat(pixel.statusCode()).isEqualTo(200);
    assertThat(pixel.body()).hasSize(43).startsWith("GIF89a");
    assertThat(world.get(first(html, "http://[^\"' >]+/c/[^\"' >]+")).statusCode()).isEqualTo(302);

    world.event(id, "email.opened");
    assertThat(world.event(id, "email.clicked").at("/data/link").asString())
        .startsWith("https://shop.example/a");
  }

  private static String first(String text, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as(pattern).isTrue();
    return found.group();
  }

  private static String decoded(String quotedPrintable) {
    return quotedPrintable.replace("=\r\n", "").replace("=2D", "-").replace("=3D", "=");
  }

  private static String head(String message) {
    return message.substring(0, message.indexOf("\r\n\r\n") + 2);
  }

  private static String body(String message) {
    return message.substring(message.indexOf("\r\n\r\n") + 4);
  }
}
