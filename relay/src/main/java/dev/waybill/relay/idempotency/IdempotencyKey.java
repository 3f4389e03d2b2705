package dev.waybill.relay.idempotency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.UUID;

/// What an application calls a message, and what the message is; both as digests, the first 128
/// bits of SHA-256.
///
/// @param key of the key in the scope it is valid in
/// @param content of everything that makes the message what it is
public record IdempotencyKey(UUID key, UUID content) {
  public IdempotencyKey {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(content, "content");
  }

  /// @param scope within which the application chose the key, such as a sending domain's id
  /// @param text as the application wrote it
  /// @param content the finished digest of the message, see [#digest]
  public static IdempotencyKey of(UUID scope, String text, MessageDigest content) {
    MessageDigest digest = digest();
    digest.update(scope.toString().getBytes(StandardCharsets.US_ASCII));
    digest.update((byte) ' ');
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return new IdempotencyKey(half(digest), half(content));
  }

  /// An empty digest of the kind that [#of] wants.
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  private static UUID half(MessageDigest digest) {
    ByteBuffer octets = ByteBuffer.wrap(digest.digest());
    return new UUID(octets.getLong(), octets.getLong());
  }
}
