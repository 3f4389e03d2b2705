package dev.waybill.relay.conversion;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeUtility;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Header fields in ASCII, and read again by another decoder, Angus Mail.
class AsciiHeaderTest {
  private static final String REST = "Message-ID: <1@shop.example>\r\n\r\nGrüße\r\n";

  private static Optional<String> converted(String field) {
    byte[] message = (field + "\r\n" + REST).getBytes(StandardCharsets.UTF_8);
    return AsciiHeader.of(message)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .map(text -> {
          assertThat(text).endsWith("\r\n" + REST);
          return text.substring(0, text.length() - REST.length() - 2);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Grüße",
        "Re: Grüße aus Köln",
        "Hello Jürgen, your order 4711",
        "日本語の件名はとても長いので、いくつもの符号化された単語に分けられなければならない。日本語の件名。",
        "a  b   ü   c  d",
        "🎉",
        "plain words before that go on and on until a line of the header is full of them, then ü",
        "ü and plain words behind it that go on and on until a line of the header is full of them",
        "ü\tä"
      })
  void textIsTheSameWhenItIsDecoded(String subject) throws Exception {
    String field = converted("Subject: " + subject).orElseThrow();
    assertThat(field).startsWith("Subject: ").matches("\\p{ASCII}+");
    assertThat(field.lines())
        .allMatch(line -> line.length() <= 76 || !line.contains("=?") && !line.isBlank());
    assertThat(MimeUtility.decodeText(field.substring(9).replace("\r\n", ""))).isEqualTo(subject);
  }

  @Test
  void aFoldedFieldIsOneText() throws Exception {
    String field = converted("Subject: Grüße\r\n aus\r\n\tKöln").orElseThrow();
    assertThat(MimeUtility.decodeText(field.substring(9).replace("\r\n", "")))
        .isEqualTo("Grüße aus\tKöln");
    assertThat(converted("Subject:Grüße")).contains("Subject: =?UTF-8?B?R3LDvMOfZQ==?=");
  }

  @Test
  void aLongNameKeepsItsLinesShort() throws Exception {
    String field =
        converted("X-A-Field-With-A-Name-That-Leaves-No-Room-For-Any-Word-In-Its-Own-Line: ü")
            .orElseThrow();
    assertThat(field).endsWith(":\u0020\r\n =?UTF-8?B?w7w=?=");
    String to =
        converted("To: " + "ü".repeat(30) + " <" + "a".repeat(60) + "@x.example>").orElseThrow();
    assertThat(to.lines()).allMatch(line -> line.length() <= 76);
    InternetAddress read = new InternetAddress(to.substring(4).replace("\r\n", ""));
    assertThat(read.getPersonal()).isEqualTo("ü".repeat(30));
  }

  @Test
  void theSameTextGivesTheSameOctets() {
    assertThat(converted("X-Note: Grüße")).isEqualTo(converted("X-Note: Grüße"));
    assertThat(converted("Subject: plain")).contains("Subject: plain");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Müller <m@shop.example>                          | Müller         | m@shop.example
          "Müller, Jürgen" <m@shop.example>                | Müller, Jürgen | m@shop.example
          "M\\"ü\\"" <m@shop.example>                      | M"ü"           | m@shop.example
          shop <m@bücher.example>                          | shop           | m@xn--bcher-kva.example
          m@bücher.example                                 |                | m@xn--bcher-kva.example
          "Müller" Schuhe <"a b"@shop.example>             | Müller Schuhe  | "a b"@shop.example
          """)
  void namesAndDomainsAreTheSameWhenTheyAreDecoded(String mailbox, String name, String address)
      throws Exception {
    for (String value :
        new String[] {mailbox, "Ann <ann@x.example>, " + mailbox + " , b@y.example"}) {
      String field = converted("To: " + value).orElseThrow();
      assertThat(field).matches("(?s)To: \\p{ASCII}+");
      assertThat(field.lines()).allMatch(line -> line.length() <= 76);
      InternetAddress[] read = InternetAddress.parse(field.substring(4).replace("\r\n", ""), false);
      InternetAddress found = read[read.length / 2];
      assertThat(found.getPersonal()).isEqualTo(name);
      assertThat(found.getAddress()).isEqualTo(address);
      assertThat(read.length == 1 ? "b@y.example" : read[2].getAddress()).isEqualTo("b@y.example");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "To: jürgen@shop.example",
        "To: Team: Müller <m@shop.example>;",
        "To: Müller (Chef) <m@shop.example>",
        "To: Müller <m@shop.example> trailing",
        "To: \"Müller <m@shop.example>",
        "To: Müller <m@shop.example>,",
        "Subject: =?UTF-8?B?w7w=?= und ä",
        "Content-Disposition: attachment; filename=\"Rückgabe.pdf\"",
        "In-Reply-To: <ü@shop.example>",
        "Sübject: x"
      })
  void nothingUncertainIsConverted(String field) {
    assertThat(converted(field)).isEmpty();
  }

  @Test
  void whatIsNotUtf8IsNotConverted() {
    assertThat(AsciiHeader.of("Subject: \u00fc\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)))
        .isEmpty();
  }
}
