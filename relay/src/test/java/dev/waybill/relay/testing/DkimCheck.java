package dev.waybill.relay.testing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A second opinion on DKIM signatures: the words of RFC 6376 §3.4, §3.7 and RFC 8463 §3 turned
/// into regular expressions over ISO-8859-1 text, slow and obvious.
public final class DkimCheck {
  private DkimCheck() {}

  /// The tags of every DKIM-Signature field of a message, unfolded, in their order.
  public static List<Map<String, String>> signatures(byte[] message) {
    List<Map<String, String>> signatures = new ArrayList<>();
    for (String field : fields(text(message))) {
      if (name(field).equals("dkim-signature")) {
        signatures.add(tags(field));
      }
    }
    return signatures;
  }

  /// What is wrong with the message's signature of that index; empty when it verifies.
  public static String problem(byte[] message, int index, PublicKey key)
      throws GeneralSecurityException {
    String text = text(message);
    List<String> fields = fields(text);
    List<String> signatures =
        fields.stream().filter(field -> name(field).equals("dkim-signature")).toList();
    String signature = signatures.get(index);
    Map<String, String> tags = tags(signature);
    int bodyAt = text.indexOf("\r\n\r\n");
    String body = bodyAt < 0 ? "" : text.substring(bodyAt + 4);
    byte[] bodyHash = sha256(canonicalBody(body));
    if (!Base64.getEncoder().encodeToString(bodyHash).equals(tags.get("bh"))) {
      return "body hash";
    }
    StringBuilder signed = new StringBuilder();
    Map<String, Integer> used = new HashMap<>();
    for (String wanted : tags.get("h").split(":")) {
      List<String> named =
          fields.stream().filter(field -> name(field).equals(wanted.trim())).toList();
      int nth = used.merge(wanted.trim(), 1, Integer::sum);
      if (nth <= named.size()) {
        signed.append(canonicalField(named.get(named.size() - nth))).append("\r\n");
      }
    }
    signed.append(
        canonicalField(Pattern.compile("(?s)([;\\s]b=)[^;]*").matcher(signature).replaceAll("$1")));
    byte[] octets = signed.toString().getBytes(StandardCharsets.ISO_8859_1);
    boolean rsa = tags.get("a").equals("rsa-sha256");
    Signature verifier = Signature.getInstance(rsa ? "SHA256withRSA" : "Ed25519");
    verifier.initVerify(key);
    verifier.update(rsa ? octets : sha256(signed.toString()));
    return verifier.verify(Base64.getDecoder().decode(tags.get("b"))) ? "" : "signature";
  }

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.ISO_8859_1);
  }

  private static List<String> fields(String message) {
    int end = message.indexOf("\r\n\r\n");
    String header = end < 0 ? message : message.substring(0, end);
    return List.of(header.split("\r\n(?![ \t])"));
  }

  private static String name(String field) {
    return field.substring(0, field.indexOf(':')).trim().toLowerCase(Locale.ROOT);
  }

  private static Map<String, String> tags(String field) {
    Map<String, String> tags = new HashMap<>();
    Matcher tag =
        Pattern.compile("([a-z]+)=([^;]*)").matcher(field.substring(field.indexOf(':') + 1));
    while (tag.find()) {
      tags.put(tag.group(1), tag.group(2).replaceAll("\\s", ""));
    }
    return tags;
  }

  private static String canonicalField(String field) {
    String value = field.substring(field.indexOf(':') + 1).replace("\r\n", "");
    return name(field) + ":" + value.replaceAll("[ \t]+", " ").replaceAll("^ | $", "");
  }

  private static String canonicalBody(String body) {
    String text = body.replaceAll("[ \t]+", " ").replaceAll(" (?=\r\n)", "").replaceAll(" \\z", "");
    while (text.endsWith("\r\n")) {
      text = text.substring(0, text.length() - 2);
    }
    return text.isEmpty() ? "" : text + "\r\n";
  }

  private static byte[] sha256(String text) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
