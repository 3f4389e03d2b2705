package dev.waybill.relay.brand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.testing.Pictures;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogoTest {
  @ParameterizedTest
  @CsvSource({
    "png, PNG, 120, 40",
    "jpeg, JPEG, 120, 40",
    "gif, GIF, 120, 40",
    "png, PNG, 2000, 1",
    "gif, GIF, 1, 2000"
  })
  void readsKindAndSizeFromThePicture(String format, PictureFormat kind, int width, int height) {
    byte[] picture = Pictures.of(format, width, height);

    Logo logo = Logo.of(picture);

    assertThat(logo.format()).isEqualTo(kind);
    assertThat(logo.width()).isEqualTo(width);
    assertThat(logo.height()).isEqualTo(height);
    assertThat(logo.size()).isEqualTo(picture.length);
    assertThat(kind.mediaType()).isEqualTo("image/" + format);
    assertThat(logo.digest()).matches("[0-9a-f]{64}");
  }

  @Test
  void readsEachFormOfWebp() {
    for (byte[] picture :
        List.of(Pictures.WEBP_LOSSY, Pictures.WEBP_LOSSLESS, Pictures.WEBP_EXTENDED)) {
      Logo logo = Logo.of(picture);
      assertThat(logo.format().mediaType()).isEqualTo("image/webp");
      assertThat(List.of(logo.width(), logo.height())).containsExactly(3, 2);
    }
  }

  /// A thumbnail within the metadata has a frame of its own, which is not the picture's.
  @Test
  void findsAJpegsFrameBehindItsMetadata() {
    byte[] inner = Pictures.of("jpeg", 8, 8);
    byte[] outer = Pictures.of("jpeg", 300, 200);
    int length = inner.length + 2;
    byte[] picture = new byte[outer.length + length + 2];
    picture[0] = outer[0];
    picture[1] = outer[1];
    picture[2] = (byte) 0xFF;
    picture[3] = (byte) 0xE1;
    picture[4] = (byte) (length >> 8);
    picture[5] = (byte) length;
    System.arraycopy(inner, 0, picture, 6, inner.length);
    System.arraycopy(outer, 2, picture, 4 + length, outer.length - 2);

    assertThat(Logo.of(picture).width()).isEqualTo(300);
    assertThat(Logo.of(picture).height()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "<html>GIF89a</html>",
        "RIFF....WAVEfmt ",
        "BM",
        "%PDF-1.7"
      })
  void refusesWhatIsNoPicture(String text) {
    assertThatThrownBy(() -> Logo.of(text.getBytes(StandardCharsets.US_ASCII)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("logo: no picture of a kind that is known (expected: PNG, JPEG, GIF or WebP)");
  }

  @Test
  void refusesPicturesThatAreTooLarge() {
    assertThatThrownBy(() -> Logo.of(Pictures.of("png", 2001, 1)))
        .hasMessage("logo: PNG of 2001 x 1 pixels (expected: 1 to 2,000 each way)");
    assertThatThrownBy(() -> Logo.of(Arrays.copyOf(Pictures.of("png", 1, 1), 65_537)))
        .hasMessage("logo: 65,537 octets (expected: at most 65,536)");
    assertThat(Logo.of(Arrays.copyOf(Pictures.of("png", 1, 1), 65_536)).size()).isEqualTo(65_536);
    byte[] bomb = Pictures.of("png", 1, 1);
    bomb[16] = (byte) 0xFF;
    assertThatThrownBy(() -> Logo.of(bomb)).hasMessageContaining("4278190081 x 1 pixels");
    byte[] flat = Pictures.of("gif", 1, 1);
    flat[8] = 0;
    assertThatThrownBy(() -> Logo.of(flat)).hasMessageContaining("GIF of 1 x 0 pixels");
  }

  @Test
  void refusesCutAndBrokenPicturesInWords() {
    SplittableRandom random = new SplittableRandom(1);
    List<byte[]> pictures =
        List.of(
            Pictures.of("png", 9, 9),
            Pictures.of("jpeg", 9, 9),
            Pictures.of("gif", 9, 9),
            Pictures.WEBP_LOSSY,
            Pictures.WEBP_LOSSLESS,
            Pictures.WEBP_EXTENDED);
    int refused = 0;
    for (byte[] picture : pictures) {
      for (int length = 0; length < picture.length; length++) {
        refused += isRefused(Arrays.copyOf(picture, length)) ? 1 : 0;
      }
      for (int round = 0; round < 2_000; round++) {
        byte[] broken = picture.clone();
        for (int n = random.nextInt(1, 5); n > 0; n--) {
          broken[random.nextInt(broken.length)] = (byte) random.nextInt();
        }
        isRefused(broken);
      }
    }
    assertThat(refused).isGreaterThan(100);
  }

  private static boolean isRefused(byte[] picture) {
    try {
      Logo logo = Logo.of(picture);
      assertThat(logo.width()).isBetween(1, 2_000);
      assertThat(logo.height()).isBetween(1, 2_000);
      return false;
    } catch (IllegalArgumentException refusal) {
      assertThat(refusal.getMessage()).startsWith("logo: ").contains("(expected: ");
      return true;
    }
  }
}
