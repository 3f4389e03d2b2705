package dev.waybill.relay.dkim;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.HeaderBlock;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Signs messages: `c=relaxed/relaxed`, `rsa-sha256` (RFC 6376) and `ed25519-sha256` (RFC 8463).
///
/// Any thread may use it. The header fields of [#SIGNED] are signed in that order as far as they
/// are present, each as often as it is present, and From once more than that (RFC 6376 §8.15), so
/// that nobody can add a second From to a signed message.
public final class DkimSigner {
  /// What is signed where present, in the order of the `h=` tag (RFC 6376 §5.4.1, RFC 8058 §4).
  public static final List<String> SIGNED =
      List.of(
          "from",
          "sender",
          "reply-to",
          "to",
          "cc",
          "subject",
          "date",
          "message-id",
          "in-reply-to",
          "references",
          "mime-version",
          "content-type",
          "content-transfer-encoding",
          "list-id",
          "list-unsubscribe",
          "list-unsubscribe-post",
          "list-help",
          "list-post",
          "list-owner",
          "list-archive",
          "feedback-id",
          "resent-from",
          "resent-sender",
          "resent-to",
          "resent-cc",
          "resent-date",
          "resent-message-id");

  private static final int LINE = 76;
  private static final Map<String, Integer> PLACES = places();

  private final SignatureEngine engine;

  /// A signer with the fastest RSA that works on this machine, from about two seconds on.
  public DkimSigner() {
    this(SignatureEngine.fastestSoon());
  }

  DkimSigner(SignatureEngine engine) {
    this.engine = engine;
  }

  /// The hash of a message's body, which every signature of messages with that body may share.
  ///
  /// @param bodyStart where the body begins
  public static byte[] bodyHash(byte[] message, int bodyStart) {
    return Canonicalization.hashBody(message, bodyStart, sha256());
  }

  /// Signs a whole message with one key.
  ///
  /// @param message header and body, every line ended by CR LF
  /// @param header its header section
  /// @param bodyHash what [#bodyHash] gives for it
  /// @param domain the `d=` tag
  /// @param now the `t=` tag
  /// @return one `DKIM-Signature` field with its CR LF, folded at 76 columns, to stand before the
  ///   message
  /// @throws IllegalStateException when the key cannot sign
  public byte[] sign(
      byte[] message,
      HeaderBlock header,
      byte[] bodyHash,
      DomainName domain,
      SigningKey key,
      Instant now) {
    List<List<HeaderBlock.Field>> signed = signedFields(header);
    StringBuilder field = new StringBuilder(800);
    field
        .append("DKIM-Signature: v=1; a=")
        .append(
            switch (key.algorithm()) {
              case RSA_SHA256 -> "rsa-sha256";
              case ED25519_SHA256 -> "ed25519-sha256";
            })
        .append("; c=relaxed/relaxed;");
    Folding folding = new Folding(field);
    folding.word("d=" + domain.value() + ";");
    folding.word("s=" + key.selector() + ";");
    folding.word("t=" + now.getEpochSecond() + ";");
    headerList(signed, folding);
    folding.word("bh=" + Base64.getEncoder().encodeToString(bodyHash) + ";");
    folding.word("b=");

    Canonicalization toHash = new Canonicalization();
    for (List<HeaderBlock.Field> fields : signed) {
      // the last one first: RFC 6376 §5.4.2
      for (HeaderBlock.Field each : fields.reversed()) {
        toHash.header(message, each.start(), each.colon(), each.end());
        toHash.lineBreak();
      }
    }
    toHash.header(field.toString());

    folding.octets(Base64.getEncoder().encodeToString(engine.sign(key, toHash.octets())));
    return field.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "DkimSigner[" + engine + "]";
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }

  /// The fields to sign by their place in [#SIGNED], each in the order of the message.
  private static List<List<HeaderBlock.Field>> signedFields(HeaderBlock header) {
    List<List<HeaderBlock.Field>> signed = new ArrayList<>(SIGNED.size());
    for (int i = 0; i < SIGNED.size(); i++) {
      signed.add(List.of());
    }
    for (HeaderBlock.Field field : header.fields()) {
      Integer place = PLACES.get(lowerCase(field.name()));
      if (place != null) {
        List<HeaderBlock.Field> known = signed.get(place);
        if (known.isEmpty()) {
          signed.set(place, List.of(field));
        } else {
          List<HeaderBlock.Field> more = new ArrayList<>(known);
          more.add(field);
          signed.set(place, more);
        }
      }
    }
    return signed;
  }

  private static void headerList(List<List<HeaderBlock.Field>> signed, Folding folding) {
    String pending = "h=from";
    for (int i = 0; i < signed.size(); i++) {
      for (int n = 0; n < signed.get(i).size(); n++) {
        folding.part(pending + ":");
        pending = SIGNED.get(i);
      }
    }
    folding.part(pending + ";");
  }

  /// Lower case of ASCII alone, whatever the machine's language.
  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static Map<String, Integer> places() {
    Map<String, Integer> places = HashMap.newHashMap(SIGNED.size());
    for (int i = 0; i < SIGNED.size(); i++) {
      places.put(SIGNED.get(i), i);
    }
    return Map.copyOf(places);
  }

  /// Writes tags so that no line is longer than 76 columns where a tag allows it.
  private static final class Folding {
    private final StringBuilder into;
    private int column;

    Folding(StringBuilder into) {
      this.into = into;
      this.column = into.length();
    }

    /// A tag that stays in one piece, behind a blank or on a line of its own.
    void word(String text) {
      if (column + 1 + text.length() > LINE) {
        newLine();
      } else {
        into.append(' ');
        column++;
      }
      into.append(text);
      column += text.length();
    }

    /// A piece of the `h=` tag, whose list may be folded behind each colon.
    void part(String text) {
      if (text.startsWith("h=")) {
        word(text);
      } else {
        if (column + text.length() > LINE) {
          newLine();
        }
        into.append(text);
        column += text.length();
      }
    }

    /// Base64, which may be folded anywhere.
    void octets(String base64) {
      int position = 0;
      while (position < base64.length()) {
        if (column >= LINE) {
          newLine();
        }
        int end = Math.min(base64.length(), position + LINE - column);
        into.append(base64, position, end);
        column += end - position;
        position = end;
      }
    }

    private void newLine() {
      into.append("\r\n\t");
      // a tabulator may be shown eight columns wide
      column = 8;
    }
  }
}
