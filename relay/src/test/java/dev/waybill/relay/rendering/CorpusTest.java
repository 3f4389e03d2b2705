package dev.waybill.relay.rendering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.dkim.DkimRecord;
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
    SubmittedMail mail =
        new SubmittedMail(submitted, Stream.MARKETING, null, null, null, "by relay.example", false);
    return bench.render(mail, SubmittedMail.domain(true, true, null));
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

  private static byte[] read(String message) {
    try {
      return Files.readAllBytes(CORPUS.resolve(message + ".eml"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
