package dev.waybill.relay.rendering;

import dev.waybill.relay.dkim.DkimSigner;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.MimeOutline;
import dev.waybill.relay.message.Splice;
import dev.waybill.relay.queue.MessageFacts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What all copies of a message share, worked out once from its bytes.
///
/// Any thread may use it.
final class PreparedMessage {
  private static final byte[] NOTHING = {};
  private static final byte[] LINE_BREAK = {'\r', '\n'};

  private final MessageFacts facts;
  private final byte[] bytes;
  private final HeaderBlock header;
  private final List<Splice.Edit> removals;
  private final String addedFields;
  private final List<TextPart> parts;
  private final Set<Untracked> leftAlone = EnumSet.noneOf(Untracked.class);
  private final boolean eightBit;
  private final boolean wantsFooter;
  private volatile byte @Nullable [] bodyHash;

  private PreparedMessage(MessageFacts facts, byte[] bytes, RenderingSettings settings) {
    this.facts = facts;
    this.bytes = bytes;
    this.header = HeaderBlock.parse(bytes);
    this.removals = removals(header);
    this.addedFields = AddedFields.forMessage(facts, header, settings);
    UnsubscribeLinks unsubscribing = UnsubscribeLinks.of(header);
    List<TextPart> editable = new ArrayList<>();
    MimeOutline outline = MimeOutline.of(bytes, header, settings.mimeDepth());
    for (MimeOutline.Leaf leaf : outline.leaves()) {
      switch (TextPart.of(bytes, leaf, unsubscribing)) {
        case PartReading.Editable(TextPart part) -> editable.add(part);
        case PartReading.LeftAlone(Optional<Untracked> why) -> why.ifPresent(leftAlone::add);
      }
    }
    this.parts = List.copyOf(editable);
    if (leftAlone.isEmpty() && parts.stream().noneMatch(TextPart::isHtml)) {
      leftAlone.add(Untracked.NO_HTML);
    }
    this.eightBit = hasEightBit(bytes, header.bodyStart(), bytes.length);
    this.wantsFooter =
        facts.stream().isMarketing() && parts.stream().noneMatch(TextPart::isUnsubscribable);
  }

  static PreparedMessage of(MessageFacts facts, byte[] bytes, RenderingSettings settings) {
    return new PreparedMessage(facts, bytes, settings);
  }

  /// What it costs in memory, in bytes.
  int weight() {
    long weight = 1_000L + bytes.length;
    for (TextPart part : parts) {
      weight += part.weight();
    }
    return (int) Math.min(Integer.MAX_VALUE, weight);
  }

  /// Whether a body has octets above 127 as submitted.
  boolean eightBit() {
    return eightBit;
  }

  /// The copy without its signatures.
  ///
  /// @param bodyChanged whether its body differs from what was submitted
  /// @param eightBitFooter whether octets above 127 came into a body with a footer
  /// @param untracked why not all that was to be counted is; empty also when nothing was
  record Unsigned(
      byte[] bytes, boolean bodyChanged, boolean eightBitFooter, Set<Untracked> untracked) {}

  Unsigned copy(CopyUrls urls, boolean opens, boolean clicks) {
    List<Splice.Edit> edits = new ArrayList<>();
    edits.add(new Splice.Edit(0, 0, addedFields(urls).getBytes(StandardCharsets.US_ASCII)));
    edits.addAll(removals);
    int headerEdits = edits.size();
    boolean tracked = opens || clicks;
    Set<Untracked> untracked =
        tracked ? EnumSet.copyOf(leftAlone) : EnumSet.noneOf(Untracked.class);
    boolean pixel = opens;
    for (TextPart part : parts) {
      boolean pixelHere = pixel && part.takesPixel();
      pixel = pixel && !pixelHere;
      List<TextEdit> changes = part.edits(urls, clicks, pixelHere, wantsFooter);
      if (part.encoded().splice(changes, edits) > 0) {
        untracked.add(Untracked.LONG_LINES);
      }
    }
    if (pixel && untracked.isEmpty()) {
      untracked.add(Untracked.STRUCTURE);
    }
    boolean bodyChanged = edits.size() > headerEdits;
    boolean eightBitFooter =
        wantsFooter
            && edits.subList(headerEdits, edits.size()).stream()
                .map(Splice.Edit::replacement)
                .anyMatch(octets -> hasEightBit(octets, 0, octets.length));
    if (!endsInLineBreak()) {
      edits.add(new Splice.Edit(bytes.length, bytes.length, LINE_BREAK));
    }
    return new Unsigned(Splice.apply(bytes, edits), bodyChanged, eightBitFooter, untracked);
  }

  /// The hash of the body as submitted, shared by all copies that do not change it.
  byte[] bodyHash() {
    byte[] known = bodyHash;
    if (known == null) {
      known = DkimSigner.bodyHash(bytes, header.bodyStart());
      bodyHash = known;
    }
    return known;
  }

  static boolean hasEightBit(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] < 0) {
        return true;
      }
    }
    return false;
  }

  private String addedFields(CopyUrls urls) {
    if (!facts.stream().isMarketing() || header.first("List-Unsubscribe").isPresent()) {
      return addedFields;
    }
    return addedFields
        + AddedFields.listUnsubscribe(
            urls.unsubscribe(),
            urls.unsubscribeAddress(),
            header.first("List-Unsubscribe-Post").isEmpty());
  }

  private boolean endsInLineBreak() {
    return bytes.length >= 2 && bytes[bytes.length - 2] == '\r' && bytes[bytes.length - 1] == '\n';
  }

  private static List<Splice.Edit> removals(HeaderBlock header) {
    List<Splice.Edit> removals = new ArrayList<>();
    for (HeaderBlock.Field field : header.fields()) {
      if (ControlFields.isRemoved(field.name())) {
        removals.add(new Splice.Edit(field.start(), field.end(), NOTHING));
      }
    }
    return List.copyOf(removals);
  }
}
