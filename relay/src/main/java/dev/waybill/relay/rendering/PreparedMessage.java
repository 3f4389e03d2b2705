package dev.waybill.relay.rendering;

import dev.waybill.relay.dkim.DkimSigner;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.MimeOutline;
import dev.waybill.relay.message.Splice;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.streams.Stream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
      TextPart.of(bytes, leaf, unsubscribing).ifPresent(editable::add);
    }
    this.parts = List.copyOf(editable);
    this.eightBit = hasEightBit(bytes, header.bodyStart(), bytes.length);
    this.wantsFooter =
        facts.stream() == Stream.MARKETING && parts.stream().noneMatch(TextPart::isUnsubscribable);
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

  /// Whether a body has octets above 127 as submitted; edits only ever add ASCII.
  boolean eightBit() {
    return eightBit;
  }

  /// The copy without its signatures.
  ///
  /// @param bodyChanged whether its body differs from what was submitted
  record Unsigned(byte[] bytes, boolean bodyChanged) {}

  Unsigned copy(CopyUrls urls, boolean opens, boolean clicks) {
    List<Splice.Edit> edits = new ArrayList<>();
    edits.add(new Splice.Edit(0, 0, addedFields(urls).getBytes(StandardCharsets.US_ASCII)));
    edits.addAll(removals);
    int headerEdits = edits.size();
    boolean pixel = opens;
    for (TextPart part : parts) {
      boolean pixelHere = pixel && part.isHtml();
      pixel = pixel && !pixelHere;
      part.encoded().splice(part.edits(urls, clicks, pixelHere, wantsFooter), edits);
    }
    boolean bodyChanged = edits.size() > headerEdits;
    if (!endsInLineBreak()) {
      edits.add(new Splice.Edit(bytes.length, bytes.length, LINE_BREAK));
    }
    return new Unsigned(Splice.apply(bytes, edits), bodyChanged);
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
    if (facts.stream() != Stream.MARKETING || header.first("List-Unsubscribe").isPresent()) {
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
