package dev.waybill.relay.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.util.Base64;
import org.apache.james.jdkim.DKIMSigner;
import org.apache.james.jdkim.api.BodyHasher;
import org.apache.james.jdkim.api.SignatureRecord;
import org.apache.james.jdkim.exceptions.FailException;
import org.apache.james.jdkim.exceptions.PermFailException;
import org.apache.james.jdkim.impl.BodyHasherImpl;

/// Signs messages with a DKIM key of its own, as some sender in the world does.
public final class SignedMail {
  private static final String ALL =
      "from:from:to:subject:date:message-id:list-unsubscribe:list-unsubscribe-post";

  private final KeyPair keys;

  public SignedMail() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      keys = generator.generateKeyPair();
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }

  /// The TXT value to publish at `<selector>._domainkey.<domain>`.
  public String record() {
    return "v=DKIM1; k=rsa; p=" + Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
  }

  /// The message with a signature over the usual fields in front.
  public byte[] sign(String domain, String selector, String message) {
    return sign(domain, selector, ALL, message);
  }

  public byte[] sign(String domain, String selector, String headers, String message) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    DKIMSigner signer =
        new DKIMSigner(
            "v=1; s=%s; d=%s; h=%s; a=rsa-sha256; c=relaxed/relaxed; bh=; b=;"
                .formatted(selector, domain, headers),
            keys.getPrivate()) {
          @Override
          public BodyHasher newBodyHasher(SignatureRecord record) throws PermFailException {
            return message.endsWith("\r\n\r\n")
                ? new EmptyBody(record)
                : super.newBodyHasher(record);
          }
        };
    try {
      String signature = signer.sign(new ByteArrayInputStream(bytes));
      return (signature + "\r\n" + message).getBytes(StandardCharsets.UTF_8);
    } catch (IOException | FailException broken) {
      throw new IllegalStateException(broken);
    }
  }

  /// The library hashes an empty body as one empty line; it is nothing at all (RFC 6376 §3.4.4).
  private static final class EmptyBody extends BodyHasherImpl {
    EmptyBody(SignatureRecord record) throws PermFailException {
      super(record);
    }

    @Override
    public byte[] getDigest() {
      try {
        return MessageDigest.getInstance("SHA-256").digest();
      } catch (GeneralSecurityException missing) {
        throw new IllegalStateException(missing);
      }
    }
  }
}
