package dev.waybill.relay.rendering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.dkim.SigningKey;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.message.Splice;
import dev.waybill.relay.rendering.Change.Range;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.testing.SubmittedMail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A copy's changes say all of it, and no more, and why.
class ExplanationTest {
  private static final Path CORPUS = Path.of("src", "test", "resources", "corpus");
  private static final Instant SIGNED = SubmittedMail.ACCEPTED.plusSeconds(5);

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
  void givesTheVeryCopyOfEveryMessageWhenItIsReplayed() throws IOException {
    Set<Reason> seen = EnumSet.noneOf(Reason.class);
    int messages = 0;
    try (var files = Files.newDirectoryStream(CORPUS, "*.eml")) {
      for (Path file : files) {
        byte[] submitted = Files.readAllBytes(file);
        SubmittedMail mail = mail(submitted);
        SendingDomain domain = SubmittedMail.domain(true, true, null);
        RenderedCopy copy = bench.render(mail, domain);
        Explanation explained = explain(mail, domain, List.of(RenderingBench.rsaKey()));

        assertThat(explained.sent()).as(file.toString()).isEqualTo(copy.bytes());
        assertThat(explained.digest()).isEqualTo(copy.imprint().digest()).hasSize(16);
        assertThat(replayed(explained)).as(file.toString()).isEqualTo(copy.bytes());
        keepsWhatLiesBetween(explained);
        explained.changes().forEach(change -> seen.add(change.reason()));
        messages++;
      }
    }
    assertThat(messages).isGreaterThan(150);
    assertThat(seen)
        .containsExactlyInAnyOrderElementsOf(
            EnumSet.complementOf(EnumSet.of(Reason.BCC_REMOVED, Reason.RETURN_PATH_REMOVED)));
  }

  @Test
  void namesEachChange() {
    SubmittedMail mail =
        mail(
            """
            Return-Path: <x@shop.example>
            From: a@shop.example
            Bcc: secret@shop.example
            X-PM-Tag: spring
            Subject: x
            Content-Type: text/html

            <p><a href="https://shop.example/a">a</a> __unsubscribe_url__</p></body>\
            """
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    Explanation explained =
        explain(
            mail,
            SubmittedMail.domain(true, true, null),
            List.of(RenderingBench.rsaKey(), RenderingBench.ed25519Key()));

    assertThat(explained.changes())
        .extracting(change -> (change.reason().text() + " " + change.name()).strip())
        .containsExactly(
            "signature_added shop.example/wb1",
            "signature_added shop.example/wbe1",
            "field_added Received",
            "field_added Feedback-ID",
            "field_added Message-ID",
            "field_added Date",
            "field_added List-Unsubscribe",
            "field_added List-Unsubscribe-Post",
            "return_path_removed Return-Path",
            "bcc_removed Bcc",
            "control_field_removed X-PM-Tag",
            "link_counted",
            "placeholder_filled",
            "pixel_added",
            "line_break_added");
    Change link = explained.changes().get(11);
    assertThat(text(explained.submitted(), link.submitted())).isEqualTo("https://shop.example/a");
    assertThat(text(explained.sent(), link.sent())).startsWith(RenderingBench.BASE + "/c/");
    assertThat(text(explained.sent(), explained.changes().get(1).sent()))
        .startsWith("DKIM-Signature: ")
        .contains("s=wbe1;")
        .endsWith("\r\n");
    assertThat(replayed(explained)).isEqualTo(explained.sent());
  }

  @Test
  void tellsWhyAPartWasEncodedAgain() {
    String html = "<p>Hi</p><a href=\"https://shop.example/a\">a</a><p>Bye</p></body>";
    SubmittedMail mail =
        mail(
            ("From: a@shop.example\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                    + Base64.getMimeEncoder()
                        .encodeToString(html.getBytes(StandardCharsets.US_ASCII))
                    + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    Explanation explained =
        explain(mail, SubmittedMail.domain(true, true, null), List.of(RenderingBench.rsaKey()));
    Change part = explained.changes().getLast();
    assertThat(part.reason()).isEqualTo(Reason.PART_ENCODED_AGAIN);
    assertThat(part.name()).isEqualTo("base64");
    assertThat(part.within())
        .extracting(Change.Within::reason)
        .containsExactly(Reason.LINK_COUNTED, Reason.FOOTER_ADDED, Reason.PIXEL_ADDED);
    assertThat(part.within().getFirst().before()).isEqualTo("https://shop.example/a");
  }

  @Test
  void leavesASignatureOutWhoseKeyIsGone() {
    SubmittedMail mail = mail("From: a@shop.example\r\n\r\nx\r\n".getBytes(StandardCharsets.UTF_8));
    Explanation explained =
        bench
            .renderer()
            .explain(
                mail.to("ann@rcpt.example"),
                SubmittedMail.domain(),
                List.of("gone", "wb1"),
                List.of(RenderingBench.rsaKey()),
                SIGNED);
    assertThat(explained.changes().get(0).name()).isEqualTo("shop.example/gone");
    assertThat(explained.changes().get(0).sent().length()).isZero();
    assertThat(explained.changes().get(1).sent().length()).isEqualTo(explained.signed());
    assertThat(replayed(explained)).isEqualTo(explained.sent());
  }

  @Test
  void countsNoSignatureThatNobodyGets() {
    double before = signatures();
    explain(
        mail("From: a@shop.example\r\n\r\nx\r\n".getBytes(StandardCharsets.UTF_8)),
        SubmittedMail.domain(),
        List.of(RenderingBench.rsaKey()));
    assertThat(signatures()).isEqualTo(before);
  }

  private static double signatures() {
    return bench
        .meters()
        .get("waybill.dkim.signatures")
        .tag("algorithm", "rsa-sha256")
        .counter()
        .count();
  }

  private static Explanation explain(
      SubmittedMail mail, SendingDomain domain, List<SigningKey> keys) {
    return bench
        .renderer()
        .explain(
            mail.to("ann@rcpt.example"),
            domain,
            keys.stream().map(SigningKey::selector).toList(),
            keys,
            SIGNED);
  }

  private static SubmittedMail mail(byte[] bytes) {
    return new SubmittedMail(bytes, Stream.MARKETING, null, null, null, "by relay.example", false);
  }

  private static byte[] replayed(Explanation explained) {
    return Splice.apply(
        explained.submitted(),
        explained.changes().stream()
            .map(change ->
                new Splice.Edit(
                    change.submitted().from(),
                    change.submitted().to(),
                    bytes(explained.sent(), change.sent())))
            .toList());
  }

  /// The ranges are in order on both sides, and what lies between them is the same on both.
  private static void keepsWhatLiesBetween(Explanation explained) {
    int before = 0;
    int after = 0;
    for (Change change : explained.changes()) {
      assertThat(bytes(explained.submitted(), new Range(before, change.submitted().from())))
          .isEqualTo(bytes(explained.sent(), new Range(after, change.sent().from())));
      before = change.submitted().to();
      after = change.sent().to();
    }
    assertThat(bytes(explained.submitted(), new Range(before, explained.submitted().length)))
        .isEqualTo(bytes(explained.sent(), new Range(after, explained.sent().length)));
  }

  private static byte[] bytes(byte[] message, Range range) {
    return Arrays.copyOfRange(message, range.from(), range.to());
  }

  private static String text(byte[] message, Range range) {
    return new String(bytes(message, range), StandardCharsets.ISO_8859_1);
  }
}
