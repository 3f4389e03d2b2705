package dev.waybill.relay.tokens;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/// Encrypts and authenticates the tokens of one kind under one key, deterministically.
///
/// Any thread may use it. As in SIV mode (RFC 5297 §2.6) the IV is the truncated MAC of the
/// content: the same content gives the same token, different contents never share a key stream, and
/// opening means to decrypt, compute the MAC again and compare. Each kind has keys of its own
/// (HKDF-SHA256, RFC 5869), so that no token of one kind is valid as another.
///
/// A box is a head byte, the IV of 12 bytes and the content encrypted with AES-256 in counter mode.
final class TokenBox {
  /// How many bytes a box is longer than its content.
  static final int OVERHEAD = 13;

  private static final int IV = 12;

  /// Keyed once and then reused: setting them up costs more than using them.
  private record Tools(Mac mac, Cipher cipher) {}

  private final byte head;
  private final SecretKey macKey;
  private final SecretKey cipherKey;
  private final ConcurrentLinkedQueue<Tools> idle = new ConcurrentLinkedQueue<>();

  /// @param head the first byte of every box
  /// @param secret what this box's keys are derived from
  /// @param kind the kind of token
  TokenBox(byte head, SecretKey secret, String kind) {
    this.head = head;
    this.macKey = derive(secret, "HmacSHA256", "waybill token 1 mac " + kind);
    this.cipherKey = derive(secret, "AES", "waybill token 1 cipher " + kind);
  }

  byte[] close(byte[] content) {
    Tools tools = take();
    try {
      byte[] iv = syntheticIv(tools, content);
      byte[] box = new byte[OVERHEAD + content.length];
      box[0] = head;
      System.arraycopy(iv, 0, box, 1, IV);
      crypt(tools, iv, content, 0, content.length, box, OVERHEAD);
      return box;
    } finally {
      idle.add(tools);
    }
  }

  /// The content; empty when the box was not made here for this kind.
  Optional<byte[]> open(byte[] box) {
    if (box.length < OVERHEAD || box[0] != head) {
      return Optional.empty();
    }
    Tools tools = take();
    try {
      byte[] iv = Arrays.copyOfRange(box, 1, 1 + IV);
      byte[] content = new byte[box.length - OVERHEAD];
      crypt(tools, iv, box, OVERHEAD, content.length, content, 0);
      return MessageDigest.isEqual(iv, syntheticIv(tools, content))
          ? Optional.of(content)
          : Optional.empty();
    } finally {
      idle.add(tools);
    }
  }

  private byte[] syntheticIv(Tools tools, byte[] content) {
    tools.mac.update(head);
    return Arrays.copyOf(tools.mac.doFinal(content), IV);
  }

  private void crypt(
      Tools tools, byte[] iv, byte[] from, int offset, int length, byte[] into, int at) {
    try {
      // the last four bytes count the blocks
      tools.cipher.init(Cipher.ENCRYPT_MODE, cipherKey, new IvParameterSpec(Arrays.copyOf(iv, 16)));
      tools.cipher.doFinal(from, offset, length, into, at);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("AES in counter mode failed", impossible);
    }
  }

  private Tools take() {
    Tools tools = idle.poll();
    if (tools != null) {
      return tools;
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(macKey);
      return new Tools(mac, Cipher.getInstance("AES/CTR/NoPadding"));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java runtime has AES and HMAC-SHA256", impossible);
    }
  }

  private static SecretKey derive(SecretKey secret, String algorithm, String purpose) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveKey(
              algorithm,
              HKDFParameterSpec.ofExtract()
                  .addIKM(secret)
                  .thenExpand(purpose.getBytes(StandardCharsets.UTF_8), 32));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java runtime has HKDF-SHA256", impossible);
    }
  }
}
