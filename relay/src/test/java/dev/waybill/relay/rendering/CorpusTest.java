package dev.waybill.relay.rendering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.brand.Brand;
import dev.waybill.relay.dkim.DkimRecord;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.MimeOutline;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.testing.SubmittedMail;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.james.jdkim.DKIMVerifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/// Every message of `src/test/resources/corpus` with opens, clicks and unsubscribing on: its copy
/// differs from it just where `expected.csv` says, and is whole, the same each time, and signed.
class CorpusTest {
  private static final Path CORPUS = Path.of("src", "test", "resources", "corpus");
  private static final Set<String> ADDED =
      Set.of(
          "dkim-signature", "received", "feedback-id", "list-unsubscribe", "list-unsubscribe-post");

  private static final SendingDomain TALKATIVE = talkative(SubmittedMail.domain(true, true, null));
  private static final Pattern ADDRESS = Pattern.compile(RenderingBench.BASE + "/u/[\\w-]+");

  /// Ours, or the talkative domain's, in any charset.
  private static final Pattern FOOTER =
      Pattern.compile(
          "(?:\r\n)*(?:<p (?:dir=\"auto\" )?style=\"font-size:12px;text-align:center\">.*?</p>(?:\r\n)*"
              + "|\r\n(?:Unsubscribe|Tsch[^\r\n]*): %s\r\n)".formatted(ADDRESS));

  private static RenderingBench bench;

  @BeforeAll
  static void open() {
    bench = new RenderingBench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(files = "src/test/resources/corpus/expected.csv", useHeadersInDisplayName = true)
  void changesNothingElse(
      String message, int links, int pixels, int footers, int placeholders, String untracked)
      throws Exception {
    byte[] submitted = read(message);
    assertThat(new String(submitted, StandardCharsets.ISO_8859_1)).doesNotContainPattern("[^\r]\n");
    RenderedCopy copy = render(submitted);

    AlignedCopy aligned = AlignedCopy.of(submitted, copy.bytes(), bench.tokens());
    assertThat(aligned.problem()).isEmpty();
    assertThat(
            List.of(aligned.links(), aligned.pixels(), aligned.footers(), aligned.placeholders()))
        .describedAs("links, pixels, footers and placeholders")
        .containsExactly(links, pixels, footers, placeholders);
    assertThat(copy.untrackedText()).isEqualTo(untracked == null ? "" : untracked);

    keepsEveryField(submitted, copy.bytes());
    assertThat(MimeShape.of(copy.bytes())).isEqualTo(MimeShape.of(submitted));
    assertThat(render(submitted).bytes()).isEqualTo(copy.bytes());
    assertThat(isVerified(copy.bytes())).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(files = "src/test/resources/corpus/expected.csv", useHeadersInDisplayName = true)
  void theDomainsOwnFooterStandsWhereOursWould(
      String message, int links, int pixels, int footers, int placeholders, String untracked)
      throws Exception {
    byte[] submitted = read(message);
    byte[] usual = render(submitted).bytes();
    RenderedCopy own = bench.render(marketing(submitted), TALKATIVE);

    assertThat(footers(own.bytes())).isEqualTo(footers(usual)).hasSize(footers);
    assertThat(withoutFooters(own.bytes())).isEqualTo(withoutFooters(usual));
    assertThat(MimeShape.of(own.bytes())).isEqualTo(MimeShape.of(submitted));
    assertThat(own.untrackedText()).isEqualTo(untracked == null ? "" : untracked);
    assertThat(own.eightBit()).isEqualTo(hasEightBitBody(own.bytes()));
    assertThat(bench.render(marketing(submitted), TALKATIVE).bytes()).isEqualTo(own.bytes());
    assertThat(isVerified(own.bytes())).isTrue();
  }

  @Test
  void wouldNoticeAnyOctetThatChanged() {
    byte[] submitted = read("mixed-alternative-related");
    byte[] copy = render(submitted).bytes();
    String text = new String(copy, StandardCharsets.ISO_8859_1);
    int changed = 0;
    for (int i = text.indexOf("\r\n\r\n") + 4; i < copy.length; i++) {
      byte octet = copy[i];
      copy[i] = (byte) (octet ^ 1);
      changed += AlignedCopy.of(submitted, copy, bench.tokens()).problem().isEmpty() ? 0 : 1;
      copy[i] = octet;
    }
    int own = text.split("/[ou]/", -1).length * 250;
    assertThat(changed).isGreaterThan(copy.length - text.indexOf("\r\n\r\n") - own);
  }

  @Test
  void hasAnExpectationForEachMessage() throws IOException {
    List<String> expected =
        Files.readAllLines(CORPUS.resolve("expected.csv")).stream()
            .skip(1)
            .map(line -> line.substring(0, line.indexOf(',')) + ".eml")
            .toList();
    try (var files = Files.list(CORPUS)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> name.endsWith(".eml"))
          .containsExactlyInAnyOrderElementsOf(expected)
          .hasSizeGreaterThan(60);
    }
  }

  private static RenderedCopy render(byte[] submitted) {
    return bench.render(marketing(submitted), SubmittedMail.domain(true, true, null));
  }

  private static SubmittedMail marketing(byte[] submitted) {
    return new SubmittedMail(
        submitted, Stream.MARKETING, null, null, null, "by relay.example", false);
  }

  /// The addresses in all footers.
  private static List<String> footers(byte[] copy) {
    List<String> addresses = new ArrayList<>();
    Matcher footer = FOOTER.matcher(decodedBody(copy));
    while (footer.find()) {
      Matcher address = ADDRESS.matcher(footer.group());
      assertThat(address.find()).isTrue();
      addresses.add(address.group());
    }
    return addresses;
  }

  private static String withoutFooters(byte[] copy) {
    return FOOTER.matcher(decodedBody(copy)).replaceAll("");
  }

  /// The body with every part that can be read without its transfer encoding.
  private static String decodedBody(byte[] copy) {
    HeaderBlock header = HeaderBlock.parse(copy);
    StringBuilder decoded = new StringBuilder();
    int end = header.bodyStart();
    for (MimeOutline.Leaf leaf : MimeOutline.of(copy, header, MimeOutline.DEPTH).leaves()) {
      decoded.append(octets(copy, end, leaf.bodyStart()));
      decoded.append(
          PartText.read(copy, leaf)
              .map(PartText::text)
              .orElseGet(() -> octets(copy, leaf.bodyStart(), leaf.bodyEnd())));
      end = leaf.bodyEnd();
    }
    return decoded.append(octets(copy, end, copy.length)).toString();
  }

  private static String octets(byte[] copy, int from, int to) {
    return new String(copy, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static boolean hasEightBitBody(byte[] copy) {
    return PreparedMessage.hasEightBit(copy, HeaderBlock.parse(copy).bodyStart(), copy.length);
  }

  /// Each submitted field but the instructions stands in the copy, octet for octet and in order.
  private static void keepsEveryField(byte[] submitted, byte[] copy) {
    List<String> before = fields(submitted);
    assertThat(before.removeIf(field -> field.startsWith("X-Waybill-"))).isTrue();
    List<String> after = fields(copy);
    assertThat(after).containsSubsequence(before);
    before.forEach(after::remove);
    assertThat(after)
        .allSatisfy(field ->
            assertThat(ADDED)
                .contains(field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT)));
  }

  private static List<String> fields(byte[] message) {
    String text = new String(message, StandardCharsets.ISO_8859_1);
    return new ArrayList<>(
        List.of(text.substring(0, text.indexOf("\r\n\r\n")).split("\r\n(?![ \t])")));
  }

  private static boolean isVerified(byte[] copy) throws Exception {
    DKIMVerifier verifier =
        new DKIMVerifier((_, selector, domain) ->
            (selector + "." + domain).equals("wb1.shop.example")
                ? List.of(DkimRecord.of(RenderingBench.RSA.getPublic()).text())
                : List.of());
    return !verifier.verify(new ByteArrayInputStream(copy)).isEmpty();
  }

  private static SendingDomain talkative(SendingDomain plain) {
    return new SendingDomain(
        plain.id(),
        plain.name(),
        plain.status(),
        plain.returnPathLabel(),
        plain.openTracking(),
        plain.clickTracking(),
        null,
        false,
        plain.createdAt(),
        new Brand(null, "Tschüß <%s> & Müller: __unsubscribe_url__", null));
  }

  private static byte[] read(String message) {
    try {
      return Files.readAllBytes(CORPUS.resolve(message + ".eml"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
