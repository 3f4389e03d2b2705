package dev.waybill.relay.rendering;

import dev.waybill.relay.message.MimeOutline.Leaf;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import org.jspecify.annotations.Nullable;

/// A visible text part that may be edited, and what each copy changes in it.
///
/// Any thread may use it: HTML is looked through when first needed, and twice does no harm.
final class TextPart {
  /// ASCII, and the controls by which stateful charsets change what ASCII octets mean.
  private static final String PROBE =
      "\u000e\u000f\u001b$B\u001b(J\u001b$(C\t\r\n !\"&'()+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

  private static final char ESCAPE = 0x1B;

  private final PartText encoded;
  private final String text;
  private final Charset charset;
  private final String mediaType;
  private final UnsubscribeLinks unsubscribing;
  private final List<MatchResult> placeholders;
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

  /// Reads a part as far as it may and can be edited.
  static PartReading of(byte[] message, Leaf leaf, UnsubscribeLinks unsubscribing) {
    if (leaf.opaque()) {
      return PartReading.sealed(message, leaf);
    }
    if (!leaf.isVisibleText()) {
      return new PartReading.LeftAlone(Optional.empty());
    }
    if (leaf.bodyStart() == leaf.bodyEnd() && !endsItsHeader(message, leaf)) {
      return PartReading.leftAlone(leaf, Untracked.STRUCTURE);
    }
    if (leaf.bodyEnd() - leaf.bodyStart() > PartText.MAX_ENCODED) {
      return PartReading.leftAlone(leaf, Untracked.TOO_LARGE);
    }
    Optional<Charset> charset = editable(leaf.charset());
    if (charset.isEmpty()) {
      return PartReading.leftAlone(leaf, Untracked.CHARSET);
    }
    Optional<PartText> encoded = PartText.read(message, leaf);
    if (encoded.isEmpty()) {
      return PartReading.leftAlone(leaf, Untracked.ENCODING);
    }
    String text = encoded.get().text();
    if (text.indexOf(ESCAPE) >= 0 || text.indexOf(0) >= 0) {
      // ISO-2022 or UTF-16 in spite of what the header says
      return PartReading.leftAlone(leaf, Untracked.CHARSET);
    }
    // RFC 9580 §7: OpenPGP text within a part, which any change would break
    if (text.contains("-----BEGIN PGP ")) {
      boolean encrypted = text.contains("-----BEGIN PGP MESSAGE");
      return PartReading.leftAlone(leaf, encrypted ? Untracked.ENCRYPTED : Untracked.SIGNED);
    }
    return new PartReading.Editable(
        new TextPart(encoded.get(), charset.get(), leaf.mediaType(), unsubscribing));
  }

  /// Whether an empty line stands behind a part's header. Without one, as in an empty part whose
  /// last line break is the boundary's (RFC 2046 §5.1.1), what is added would be read as a field.
  private static boolean endsItsHeader(byte[] message, Leaf leaf) {
    int at = leaf.bodyStart() - 1;
    if (at < leaf.headerStart() || message[at] != '\n') {
      return false;
    }
    at -= at > leaf.headerStart() && message[at - 1] == '\r' ? 2 : 1;
    return at < leaf.headerStart() || message[at] == '\n';
  }

  boolean isHtml() {
    return mediaType.equals("text/html");
  }

  /// Whether something may be shown at the end of its body.
  boolean takesPixel() {
    return isHtml() && places().end() >= 0;
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
    for (MatchResult place : placeholders) {
      edits.add(
          new TextEdit(
              place.start(), place.end(), urls.unsubscribe(), Reason.PLACEHOLDER_FILLED, false));
    }
    if (isHtml()) {
      if (clicks) {
        countClicks(urls, edits);
      }
      if (footer) {
        atEnd(urls.htmlFooter(), Reason.FOOTER_ADDED, edits);
      }
      if (pixel) {
        atEnd(urls.pixel(), Reason.PIXEL_ADDED, edits);
      }
    } else if (footer && mediaType.equals("text/plain")) {
      String gap = text.isEmpty() || text.endsWith("\n") ? "" : "\r\n";
      edits.add(
          new TextEdit(
              text.length(),
              text.length(),
              gap + urls.plainFooter(charset, encoded.takesEightBit()),
              Reason.FOOTER_ADDED,
              false));
    }
    edits.sort(Comparator.comparingInt(TextEdit::from));
    return edits;
  }

  private void atEnd(String markup, Reason reason, List<TextEdit> edits) {
    int end = places().end();
    if (end >= 0) {
      edits.add(new TextEdit(end, end, markup, reason, false));
    }
  }

  private void countClicks(CopyUrls urls, List<TextEdit> edits) {
    for (HtmlPlaces.Link link : places().links()) {
      if (!urls.isOwn(link.destination())) {
        urls.click(link.destination())
            .map(url -> link.quoted() ? url : '"' + url + '"')
            .ifPresent(url ->
                edits.add(new TextEdit(link.from(), link.to(), url, Reason.LINK_COUNTED, true)));
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

  /// A charset in which ASCII octets mean ASCII, so that markup can be found among them: not
  /// UTF-16, ISO-2022, EBCDIC or what this machine does not know.
  private static Optional<Charset> editable(String name) {
    if (name.isEmpty()) {
      return Optional.of(StandardCharsets.US_ASCII);
    }
    try {
      Charset charset = Charset.forName(name);
      byte[] octets = PROBE.getBytes(StandardCharsets.US_ASCII);
      return new String(octets, charset).equals(PROBE) ? Optional.of(charset) : Optional.empty();
    } catch (IllegalArgumentException unknown) {
      // all of that family have ASCII in their lower half; their other links are left alone
      return name.regionMatches(true, 0, "iso-8859-", 0, 9)
          ? Optional.of(StandardCharsets.US_ASCII)
          : Optional.empty();
    }
  }

  private static List<MatchResult> placeholders(String text) {
    return UnsubscribeLinks.PLACEHOLDER.matcher(text).results().toList();
  }
}
