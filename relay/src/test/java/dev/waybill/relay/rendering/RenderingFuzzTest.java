package dev.waybill.relay.rendering;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.relay.brand.Brand;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.MimeOutline;
import dev.waybill.relay.message.MimeOutline.Leaf;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.testing.SubmittedMail;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/// Any octets as HTML or as parts, with everything on: the copy has the same parts, those that must
/// not change have not, and the others read as the edited text does. `JAZZER_FUZZ=1` looks for new
/// inputs.
class RenderingFuzzTest {
  private static final RenderingBench BENCH = new RenderingBench();
  private static final RenderingSettings SETTINGS =
      new RenderingSettings(
          DomainName.of("relay.example"), URI.create(RenderingBench.BASE), MimeOutline.DEPTH);
  private static final List<String> HEADS =
      List.of(
          "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
          "Content-Type: text/html; charset=windows-1252\r\n"
              + "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
          "Content-Type: text/html; charset=shift_jis\r\nContent-Transfer-Encoding: base64\r\n\r\n",
          "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
          "Content-Type: multipart/mixed; boundary=b\r\n\r\n");

  /// Nothing of a domain's own, words that not every charset has, and lines that look like a
  /// boundary.
  private static final List<Brand> BRANDS =
      List.of(
          Brand.NONE,
          new Brand(null, "Tschüß <%s> & [購読解除](__unsubscribe_url__) 🙂", null),
          new Brand(null, "--b--\n.\n=41 [Leave](__unsubscribe_url__)\n--b", null));

  @AfterAll
  static void close() {
    BENCH.close();
  }

  @FuzzTest(maxDuration = "10m")
  void copy(byte[] octets) {
    if (octets.length == 0) {
      return;
    }
    byte[] head =
        HEADS.get(Math.floorMod(octets[0], HEADS.size())).getBytes(StandardCharsets.US_ASCII);
    byte[] message = Arrays.copyOf(head, head.length + octets.length - 1);
    System.arraycopy(octets, 1, message, head.length, octets.length - 1);
    SubmittedMail mail =
        new SubmittedMail(message, Stream.MARKETING, null, null, null, "by relay.example", false);
    ReadyDelivery delivery = mail.to("ann@rcpt.example");
    Brand brand = BRANDS.get(Math.floorMod(octets[0] / HEADS.size(), BRANDS.size()));
    CopyUrls urls = new CopyUrls(BENCH.tokens(), delivery, domain(brand), SETTINGS.base());
    PreparedMessage.Unsigned copy =
        PreparedMessage.of(mail.stored().facts(), message, SETTINGS).copy(urls, true, true);

    List<Leaf> before = MimeOutline.of(message, HeaderBlock.parse(message)).leaves();
    List<Leaf> after = MimeOutline.of(copy.bytes(), HeaderBlock.parse(copy.bytes())).leaves();
    assertThat(after)
        .extracting(Leaf::mediaType)
        .isEqualTo(before.stream().map(Leaf::mediaType).toList());
    UnsubscribeLinks unsubscribing = UnsubscribeLinks.of(HeaderBlock.parse(message));
    for (int i = 0; i < before.size(); i++) {
      switch (TextPart.of(message, before.get(i), unsubscribing)) {
        case PartReading.Editable(TextPart part) -> {
          PartReading edited = TextPart.of(copy.bytes(), after.get(i), unsubscribing);
          assertThat(edited).isInstanceOf(PartReading.Editable.class);
          if (!copy.untracked().contains(Untracked.LONG_LINES)) {
            String text = ((PartReading.Editable) edited).part().encoded().text();
            assertThat(
                    List.of(
                        edited(part, urls, true, true),
                        edited(part, urls, false, true),
                        edited(part, urls, true, false),
                        edited(part, urls, false, false)))
                .contains(withoutBreaks(text));
          }
        }
        case PartReading.LeftAlone _ ->
            assertThat(octets(copy.bytes(), after.get(i)))
                .startsWith(octets(message, before.get(i)));
      }
    }
  }

  private static SendingDomain domain(Brand brand) {
    SendingDomain domain = SubmittedMail.domain(true, true, null);
    return new SendingDomain(
        domain.id(),
        domain.name(),
        domain.status(),
        domain.returnPathLabel(),
        domain.openTracking(),
        domain.clickTracking(),
        domain.trackingSubdomain(),
        domain.requireTls(),
        domain.createdAt(),
        brand);
  }

  private static String edited(TextPart part, CopyUrls urls, boolean pixel, boolean footer) {
    StringBuilder text = new StringBuilder(part.encoded().text());
    for (TextEdit edit : part.edits(urls, true, pixel, footer).reversed()) {
      text.replace(edit.from(), edit.to(), edit.replacement());
    }
    return withoutBreaks(text.toString());
  }

  /// An edit may be put on a line of its own, and a message ends in a line break.
  private static String withoutBreaks(String text) {
    return text.replace("\r", "").replace("\n", "");
  }

  private static byte[] octets(byte[] message, Leaf leaf) {
    return Arrays.copyOfRange(
        message, leaf.headerStart() == 0 ? leaf.bodyStart() : leaf.headerStart(), leaf.bodyEnd());
  }
}
