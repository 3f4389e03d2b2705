package dev.waybill.relay.brand;

import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// What a domain shows of itself.
///
/// @param displayName stands for the domain on the unsubscribe page, 1 to 100 characters on one
///   line; null for none
/// @param unsubscribeFooter the words around the unsubscribe link in mail that has none, 1 to 500
///   characters in lines that end in LF; null for the relay's own
/// @param logo what is known of the picture, which itself rests in the database; null for none
public record Brand(
    @Nullable String displayName, @Nullable String unsubscribeFooter, @Nullable Logo logo) {
  /// Nothing but the domain's name.
  public static final Brand NONE = new Brand(null, null, null);

  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_FOOTER = 500;

  /// This brand with a wish fulfilled.
  ///
  /// @throws IllegalArgumentException with words for the operator when something in it does not fit
  public Brand with(BrandWish wish) {
    return new Brand(
        wish.displayName() == null ? displayName : name(wish.displayName()),
        wish.unsubscribeFooter() == null ? unsubscribeFooter : footer(wish.unsubscribeFooter()),
        wish.logo() == null ? logo : picture(wish.logo()));
  }

  private static @Nullable String name(String typed) {
    String name = typed.strip();
    require("display_name", name, LONGEST_NAME, Brand::mayStandInAName, "without controls");
    return name.isEmpty() ? null : name;
  }

  private static @Nullable String footer(String typed) {
    String footer = typed.replace("\r\n", "\n").replace('\r', '\n').strip();
    require(
        "unsubscribe_footer",
        footer,
        LONGEST_FOOTER,
        c -> c == '\n' || isText(c),
        "without controls but line breaks");
    return footer.isEmpty() ? null : footer;
  }

  private static @Nullable Logo picture(byte[] octets) {
    return octets.length == 0 ? null : Logo.of(octets);
  }

  private static void require(
      String field, String text, int longest, IntPredicate fits, String how) {
    int length = text.codePointCount(0, text.length());
    Optional<Integer> wrong = text.codePoints().filter(c -> !fits.test(c)).boxed().findFirst();
    if (length > longest || wrong.isPresent()) {
      throw new IllegalArgumentException(
          "%s: %s (expected: at most %d characters, %s)"
              .formatted(
                  field,
                  wrong
                      .map("U+%04X stands in it"::formatted)
                      .orElseGet(() -> "%d characters".formatted(length)),
                  longest,
                  how));
    }
  }

  /// What changes the direction of the text around it could make a name look like another one.
  private static boolean mayStandInAName(int c) {
    return isText(c) && (c < 0x202A || c > 0x202E) && (c < 0x2066 || c > 0x2069);
  }

  private static boolean isText(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
