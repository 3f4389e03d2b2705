package dev.waybill.relay.rendering;

import dev.waybill.relay.dkim.DkimSigner;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.MimeOutline;
import dev.waybill.relay.message.Splice;
import dev.waybill.relay.queue.MessageFacts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
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
  private static final int DIGEST_LENGTH = 16;

  private final MessageFacts facts;
  private final byte[] bytes;
  private final HeaderBlock header;
  private final List<Removal> removals;
  private final String addedFields;
  private final List<TextPart> parts;
  private final Set<Untracked> leftAlone = EnumSet.noneOf(Untracked.class);
  private final boolean eightBit;
  private final boolean wantsFooter;
  private volatile byte @Nullable [] bodyHash;
  private volatile byte @Nullable [] bodyDigest;

  /// A field that is left out.
  private record Removal(Splice.Edit edit, Reason reason) {}

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
  /// @param edits what was changed, and why
  record Unsigned(
      byte[] bytes,
      boolean bodyChanged,
      boolean eightBitFooter,
      Set<Untracked> untracked,
      Edits edits) {}

  Unsigned copy(CopyUrls urls, boolean opens, boolean clicks) {
    Edits edits = new Edits();
    edits.add(
        new Splice.Edit(0, 0, addedFields(urls).getBytes(StandardCharsets.US_ASCII)),
        Reason.FIELD_ADDED);
    removals.forEach(removal -> edits.add(removal.edit(), removal.reason()));
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
    boolean eightBitFooter = wantsFooter && edits.addEightBit(headerEdits);
    if (!endsInLineBreak()) {
      edits.add(new Splice.Edit(bytes.length, bytes.length, LINE_BREAK), Reason.LINE_BREAK_ADDED);
    }
    return new Unsigned(edits.apply(bytes), bodyChanged, eightBitFooter, untracked, edits);
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

  /// The first characters of a digest over a copy of this message without its signatures, by which
  /// a copy made again is known to be the same octets.
  ///
  /// @param bodyStart where the copy's body begins
  String digest(Unsigned copy, int bodyStart) {
    byte[] bytes = copy.bytes();
    boolean shared = !copy.bodyChanged() && endsInLineBreak();
    byte[] body = shared ? bodyDigest() : sha256(bytes, bodyStart, bytes.length);
    MessageDigest whole = sha256();
    whole.update(bytes, 0, bodyStart);
    String text = Base64.getUrlEncoder().encodeToString(whole.digest(body));
    return text.substring(0, DIGEST_LENGTH);
  }

  /// As [#bodyHash], but of every octet as it is.
  private byte[] bodyDigest() {
    byte[] known = bodyDigest;
    if (known == null) {
      known = sha256(bytes, header.bodyStart(), bytes.length);
      bodyDigest = known;
    }
    return known;
  }

  private static byte[] sha256(byte[] bytes, int from, int to) {
    MessageDigest digest = sha256();
    digest.update(bytes, from, to - from);
    return digest.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }

  MessageFacts facts() {
    return facts;
  }

  /// The submitted bytes; they must not be changed.
  byte[] submitted() {
    return bytes;
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

  private static List<Removal> removals(HeaderBlock header) {
    List<Removal> removals = new ArrayList<>();
    for (HeaderBlock.Field field : header.fields()) {
      ControlFields.removal(field.name())
          .ifPresent(reason ->
              removals.add(
                  new Removal(new Splice.Edit(field.start(), field.end(), NOTHING), reason)));
    }
    return List.copyOf(removals);
  }
}
