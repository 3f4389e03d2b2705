package dev.waybill.relay.admission;

import dev.waybill.relay.idempotency.IdempotencyKey;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.queue.SubmittedBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/// What makes a message the same as another one: to whom it goes, From, To, Cc, Subject and every
/// octet of its body, and that it may only travel under TLS. Date and Message-ID do not: mail
/// libraries make them anew when an application tries again. Stateless.
final class Contents {
  private static final List<String> FIELDS = List.of("From", "To", "Cc", "Subject");

  private Contents() {}

  /// @throws UncheckedIOException when the spooled body cannot be read
  static MessageDigest digest(Submission submission, HeaderBlock header) {
    MessageDigest digest = IdempotencyKey.digest();
    submission.recipients().stream()
        .map(EmailAddress::toString)
        .sorted()
        .forEach(recipient -> add(digest, recipient));
    for (String field : FIELDS) {
      add(digest, field);
      header.value(field).ifPresent(value -> add(digest, value));
    }
    if (submission.form().requireTls()) {
      add(digest, "REQUIRETLS");
    }
    switch (submission.body()) {
      case SubmittedBody.InMemory(byte[] octets) ->
          digest.update(octets, header.bodyStart(), octets.length - header.bodyStart());
      case SubmittedBody.OnDisk(Path file, long _) -> add(digest, file, header.bodyStart());
    }
    return digest;
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static void add(MessageDigest digest, Path file, long from) {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(from);
      byte[] buffer = new byte[64 * 1024];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    } catch (IOException gone) {
      throw new UncheckedIOException("the spooled message cannot be read", gone);
    }
  }
}
