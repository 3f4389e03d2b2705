package dev.waybill.relay.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The From policy stands on this reader: whatever two mail programs could read differently must
/// not be read at all.
class OriginatorFieldTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        " a@b.test",
        "a@b.test",
        " <a@b.test>",
        "\ta@b.test ",
        " Alice <a@b.test>",
        " Alice Example <a@b.test>",
        " John Q. Public <a@b.test>",
        " \"Doe, John\" <a@b.test>",
        " \"John \\\"Jack\\\" Doe\" <a@b.test>",
        " \"evil@x.test\" <a@b.test>",
        " \"\" <a@b.test>",
        " =?utf-8?q?J=C3=B6rg?= <a@b.test>",
        " =?utf-8?b?SsO2cmc=?= =?utf-8?b?SsO2cmc=?= <a@b.test>",
        " =?iso-2022-jp?b?GyRCRnxLXBsoQg==?= <a@b.test>",
        " Alice (Sales) <a@b.test>",
        " a@b.test (Alice)",
        " Alice\r\n <a@b.test>",
        " \"Alice\r\n\tExample\" <a@b.test>",
        " Alice<a@b.test>",
        " a@B.TEST",
      })
  void readsOnePlainMailbox(String value) {
    assertThat(read(value, false))
        .isEqualTo(new OriginatorField.OneMailbox(EmailAddress.of("a@b.test")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // nothing, or half of something
        "",
        " ",
        " <>",
        " Alice",
        " Alice <>",
        " @b.test",
        " a@",
        " a",
        " Alice <a@b.test",
        " a@b.test>",
        " <a@b.test",
        " \"a@b.test",
        " \"Alice <a@b.test>",
        " ,a@b.test",
        " a@b.test,",
        " a@b.test,,c@d.test",
        // two addresses that pose as one
        " evil@x.test <a@b.test>",
        " a@b.test <evil@x.test>",
        " <evil@x.test> <a@b.test>",
        " <evil@x.test>a@b.test",
        " a@b.test evil@x.test",
        " a@b.test; evil@x.test",
        " evil@x.test, <a@b.test",
        " Alice <evil@x.test> <a@b.test>",
        " Alice <a@b.test> evil@x.test",
        " Alice <a@b.test> \"evil@x.test\"",
        " Alice <a@b.test>>",
        " Alice <<a@b.test>>",
        " evil@x.test@b.test",
        " <evil@x.test@b.test>",
        " a@b.test@",
        // quotes that hide brackets or at signs
        " \"<evil@x.test>\" <a@b.test>",
        " \"Alice <evil@x.test>\" <a@b.test>",
        " \"a\\\" <evil@x.test>, b\" <a@b.test>",
        " \"evil@x.test\"@b.test",
        " <\"evil@x.test\"@b.test>",
        " \"evil@x.test,\"@b.test",
        " \"evil\\@x.test\"@b.test",
        " \"a\"b@b.test",
        " a\"b\"@b.test",
        " \"Alice\"\"Bob@b.test",
        // comments
        " a(comment)@b.test",
        " a@(comment)b.test",
        " a@b(comment).test",
        " <a@b.test(x)>",
        " a@b.test (<evil@x.test>)",
        " (a@b.test) evil@x.test",
        " a@b.test (x (y) z)",
        " a@b.test (\\) <evil@x.test>",
        " a@b.test (",
        " a@b.test )",
        " (only a comment)",
        // groups, routes, literals
        " Friends: a@b.test;",
        " undisclosed-recipients:;",
        " a@b.test:",
        " <@route.test:a@b.test>",
        " <@r1.test,@r2.test:a@b.test>",
        " a@[192.0.2.1]",
        " a@[IPv6:2001:db8::1]",
        // blanks inside
        " a @b.test",
        " a@ b.test",
        " a@b .test",
        " < a@b.test>",
        " <a@b.test >",
        " <a@\r\n b.test>",
        " a@b.\r\n test",
        // dots and domains
        " .a@b.test",
        " a.@b.test",
        " a..c@b.test",
        " a@b..test",
        " a@.b.test",
        " a@b.test.",
        " a@-b.test",
        " a@b-.test",
        " a@b_.test!",
        " a@b.test/x",
        " a@b.test%x.test",
        // line ends and controls
        " a@b.test\0",
        " a\0@b.test",
        " a@b.test\r",
        " a@b.test\n",
        " evil@x.test\nFrom: a@b.test",
        " evil@x.test\r\rFrom: a@b.test",
        " Alice\r <a@b.test>",
        " Alice\r\n \r\n <a@b.test>",
        " a@b.test\r\n ",
        " Al\u0001ice <a@b.test>",
        " Al\u007fice <a@b.test>",
        // encoded words
        " =?utf-8?q?evil=40x.test?=@b.test",
        " =?utf-8?b?ZXZpbEB4LnRlc3Q=?=@b.test",
        " <=?utf-8?q?a?=@b.test>",
        " =?utf-8?q?=3Cevil=40x.test=3E?= <a@b.test>",
        " =?utf-8?b?PGV2aWxAeC50ZXN0Pg==?= <a@b.test>",
        " =?utf-8?q?=3Cevil?= =?utf-8?q?=40x.test=3E?= <a@b.test>",
        " =?utf-8?q?evil=40x.test=00?= <a@b.test>",
        " =?utf-8?q?evil=40x.test=0D=0A?= <a@b.test>",
        " =?utf-8?b?ZXZpbEB4LnRlc3QA?= <a@b.test>",
        " =?x-nonsense?q?=00?= <a@b.test>",
        // octets above 127 without SMTPUTF8
        " J\u00f6rg <a@b.test>",
        " j\u00f6rg@b.test",
        " a@b\u00fccher.test",
      })
  void refusesWhatCouldBeReadDifferently(String value) {
    assertThat(read(value, false)).isInstanceOf(OriginatorField.Unreadable.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " a@stra\u00dfe.test",
        " a@\uff42.test",
        " a@b\u3002test",
        " a@b.test\u200b",
        " a\u200b@b.test",
        " a\u00a0@b.test",
        " a\u202e@b.test",
        " Al\u202eice <a@b.test>",
        " Alice\u2028 <a@b.test>",
        " a@b\u00ad.test",
        " e\u0301@b.test",
      })
  void refusesDeceptiveUnicodeEvenWithSmtpUtf8(String value) {
    assertThat(read(value, true)).isInstanceOf(OriginatorField.Unreadable.class);
  }

  @Test
  void comparesInternationalDomainsByTheirALabels() {
    assertThat(read(" J\u00f6rg <j\u00f6rg@B\u00fccher.test>", true))
        .isEqualTo(
            new OriginatorField.OneMailbox(
                new EmailAddress("j\u00f6rg", DomainName.of("xn--bcher-kva.test"))));
  }

  @Test
  void tellsSeveralMailboxesApart() {
    assertThat(read(" a@b.test, Carol <c@d.test>", false))
        .isEqualTo(
            new OriginatorField.SeveralMailboxes(
                List.of(EmailAddress.of("a@b.test"), EmailAddress.of("c@d.test"))));
  }

  @Test
  void boundsHowManyMailboxesAndOctetsItReads() {
    assertThat(read(" " + "a@b.test,".repeat(100) + "a@b.test", false))
        .isInstanceOf(OriginatorField.Unreadable.class);
    assertThat(read(" " + "x".repeat(5_000) + " <a@b.test>", false))
        .isInstanceOf(OriginatorField.Unreadable.class);
  }

  @Test
  void countsFields() {
    assertThat(readHeader("Subject: x\r\n\r\nFrom: a@b.test\r\n"))
        .isEqualTo(new OriginatorField.Missing());
    assertThat(readHeader("From: a@b.test\r\nfrom : c@d.test\r\n\r\n"))
        .isEqualTo(new OriginatorField.SeveralFields(2));
    assertThat(readHeader("From : a@b.test\r\n\r\n"))
        .isEqualTo(new OriginatorField.Unreadable("a blank before the colon"));
  }

  @Test
  void refusesOctetsThatAreNotUtf8() {
    byte[] message = "From: a <a@b.test>\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    message[6] = (byte) 0xC3;
    assertThat(OriginatorField.read(message, HeaderBlock.parse(message), "From", true))
        .isInstanceOf(OriginatorField.Unreadable.class);
  }

  private static OriginatorField.Result read(String value, boolean smtpUtf8) {
    byte[] message = ("From:" + value + "\r\n").getBytes(StandardCharsets.UTF_8);
    // one field by construction, whatever the value does to a reader of lines
    HeaderBlock header = HeaderBlock.parse(message);
    return header.all("From").size() == 1
            && header.fields().getFirst().end() == message.length
            && header.malformedAt() < 0
        ? OriginatorField.read(message, header, "From", smtpUtf8)
        : new OriginatorField.Unreadable("not one field");
  }

  private static OriginatorField.Result readHeader(String header) {
    byte[] message = header.getBytes(StandardCharsets.UTF_8);
    return OriginatorField.read(message, HeaderBlock.parse(message), "From", false);
  }
}
