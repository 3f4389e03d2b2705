package dev.waybill.relay.rendering;

import dev.waybill.relay.message.MimeOutline.Leaf;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A visible text part that may be edited, and what each copy changes in it.
///
/// Any thread may use it: HTML is looked through when first needed, and twice does no harm.
final class TextPart {
  private static final String PROBE =
      "\t\r\n !\"&'()+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

  private final PartText encoded;
  private final String text;
  private final Charset charset;
  private final String mediaType;
  private final UnsubscribeLinks unsubscribing;
  private final List<Integer> placeholders;
  private volatile @Nullable HtmlPlaces places;

  private TextPart(
      PartText encoded, Charset charset, String mediaType, UnsubscribeLinks unsubscribing) {
    this.encoded = encoded;
    this.text = encoded.text();
    this.charset = charset;
    this.mediaType = mediaType;
    this.unsubscribing = unsubscribing;
    this.placeholders = placeholders(text);
  }

  /// Reads a part; empty when it must not or cannot be edited.
  static Optional<TextPart> of(byte[] message, Leaf leaf, UnsubscribeLinks unsubscribing) {
    if (!leaf.isVisibleText()) {
      return Optional.empty();
    }
    Optional<Charset> charset = editable(leaf.charset());
    if (charset.isEmpty()) {
      return Optional.empty();
    }
    return PartText.read(message, leaf)
        .map(text -> new TextPart(text, charset.get(), leaf.mediaType(), unsubscribing))
        .filter(part -> !part.isSignedInline());
  }

  boolean isHtml() {
    return mediaType.equals("text/html");
  }

  /// Whether its reader finds a link to unsubscribe.
  boolean isUnsubscribable() {
    return !placeholders.isEmpty()
        || (isHtml() ? places().unsubscribable() : unsubscribing.standIn(text));
  }

  /// What this part costs in memory, in bytes.
  int weight() {
    return text.length() * (encoded instanceof QuotedPrintableText ? 6 : 3);
  }

  PartText encoded() {
    return encoded;
  }

  /// The changes for one copy, in order.
  ///
  /// @param clicks whether links are counted
  /// @param pixel whether an open is counted here
  /// @param footer whether an unsubscribe link is added
  List<TextEdit> edits(CopyUrls urls, boolean clicks, boolean pixel, boolean footer) {
    List<TextEdit> edits = new ArrayList<>();
    for (int place : placeholders) {
      edits.add(
          new TextEdit(
              place, place + UnsubscribeLinks.PLACEHOLDER.length(), urls.unsubscribe(), false));
    }
    if (isHtml()) {
      if (clicks) {
        countClicks(urls, edits);
      }
      String ending = (footer ? urls.htmlFooter() : "") + (pixel ? urls.pixel() : "");
      if (!ending.isEmpty() && places().end() >= 0) {
        edits.add(new TextEdit(places().end(), places().end(), ending, false));
      }
    } else if (footer && mediaType.equals("text/plain")) {
      String gap = text.isEmpty() || text.endsWith("\n") ? "" : "\r\n";
      edits.add(new TextEdit(text.length(), text.length(), gap + urls.plainFooter(), false));
    }
    edits.sort(Comparator.comparingInt(TextEdit::from));
    return edits;
  }

  private void countClicks(CopyUrls urls, List<TextEdit> edits) {
    for (HtmlPlaces.Link link : places().links()) {
      if (!urls.isOwn(link.destination())) {
        String url = urls.click(link.destination());
        edits.add(
            new TextEdit(link.from(), link.to(), link.quoted() ? url : '"' + url + '"', true));
      }
    }
  }

  private HtmlPlaces places() {
    HtmlPlaces known = places;
    if (known == null) {
      known = HtmlPlaces.of(text, charset, unsubscribing);
      places = known;
    }
    return known;
  }

  /// RFC 9580 §7: OpenPGP text within a part, which any change would break.
  private boolean isSignedInline() {
    return text.contains("-----BEGIN PGP ");
  }

  /// A charset in which ASCII octets mean ASCII, so that markup can be found among them: not
  /// UTF-16, ISO-2022, EBCDIC or what this machine does not know.
  private static Optional<Charset> editable(String name) {
    if (name.isEmpty()) {
      return Optional.of(StandardCharsets.US_ASCII);
    }
    try {
      Charset charset = Charset.forName(name);
      boolean shifts = charset.name().contains("2022") || charset.name().startsWith("UTF-7");
      byte[] octets = PROBE.getBytes(StandardCharsets.US_ASCII);
      return !shifts && new String(octets, charset).equals(PROBE)
          ? Optional.of(charset)
          : Optional.empty();
    } catch (IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }

  private static List<Integer> placeholders(String text) {
    List<Integer> places = new ArrayList<>();
    int place = text.indexOf(UnsubscribeLinks.PLACEHOLDER);
    while (place >= 0) {
      places.add(place);
      place =
          text.indexOf(UnsubscribeLinks.PLACEHOLDER, place + UnsubscribeLinks.PLACEHOLDER.length());
    }
    return List.copyOf(places);
  }
}
