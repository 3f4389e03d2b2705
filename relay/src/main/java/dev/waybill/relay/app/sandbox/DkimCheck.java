package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.app.sandbox.Verdicts.Verdict;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.HeaderBlock.Field;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.james.jdkim.DKIMVerifier;
import org.apache.james.jdkim.api.Headers;
import org.apache.james.jdkim.api.PublicKeyRecordRetriever;
import org.apache.james.jdkim.api.SignatureRecord;
import org.apache.james.jdkim.exceptions.FailException;
import org.apache.james.jdkim.exceptions.PermFailException;
import org.apache.james.jdkim.exceptions.TempFailException;
import org.apache.james.jdkim.impl.BodyHasherImpl;

/// DKIM (RFC 6376) by jDKIM's verifier, with the public key from the sandbox's DNS.
///
/// Any thread may call it. Ed25519 signatures (RFC 8463) are beyond this verifier and left out, as
/// receivers that do not know them do (RFC 8463 §3).
final class DkimCheck {
  private static final int MAX_SIGNATURES = 5;

  /// A signature that verifies.
  ///
  /// @param headers the signed names in lower case
  record Passed(String domain, String selector, List<String> headers) {}

  /// @param passed the signatures that verify and cover From
  record Outcome(Verdict verdict, List<Passed> passed) {
    Outcome {
      passed = List.copyOf(passed);
    }
  }

  private final PublicKeyRecordRetriever keys;

  DkimCheck(ReceiverDns dns) {
    this.keys =
        (method, selector, domain) -> {
          try {
            return dns.texts(selector + "._domainkey." + domain);
          } catch (IOException noAnswer) {
            throw new TempFailException(String.valueOf(noAnswer.getMessage()));
          }
        };
  }

  Outcome examine(HeaderBlock header, byte[] message) {
    List<Field> signatures = header.all("DKIM-Signature");
    if (signatures.isEmpty()) {
      return new Outcome(Verdict.none("The message has no DKIM signature"), List.of());
    }
    List<Passed> passed = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    for (Field signature : signatures.subList(0, Math.min(MAX_SIGNATURES, signatures.size()))) {
      verify(signature, header, message, passed, reasons, skipped);
    }
    String note = skipped.isEmpty() ? "" : "; not judged: " + String.join(", ", skipped);
    if (!passed.isEmpty()) {
      return new Outcome(Verdict.pass(describe(passed.getFirst(), header) + note), passed);
    }
    return new Outcome(
        reasons.isEmpty()
            ? Verdict.none("No signature that this verifier understands" + note)
            : Verdict.fail(String.join("; ", reasons) + note),
        List.of());
  }

  private void verify(
      Field signature,
      HeaderBlock header,
      byte[] message,
      List<Passed> passed,
      List<String> reasons,
      List<String> skipped) {
    String name = "the signature";
    try {
      Verifier verifier = new Verifier(keys, isBlank(message, header.bodyStart()));
      SignatureRecord record = verifier.newSignatureRecord(header.value(signature));
      name = "d=%s s=%s".formatted(record.getDToken(), record.getSelector());
      if (!record.getHashKeyType().toString().equals("rsa")) {
        skipped.add("%s (%s)".formatted(name, record.getHashKeyType()));
        return;
      }
      List<SignatureRecord> verified =
          verifier.verify(
              new OneSignature(header, message, signature),
              new ByteArrayInputStream(
                  message, header.bodyStart(), message.length - header.bodyStart()));
      if (verified == null || verified.isEmpty()) {
        reasons.add(name + " does not verify");
        return;
      }
      List<String> headers =
          record.getHeaders().stream().map(h -> h.toString().toLowerCase(Locale.ROOT)).toList();
      if (!headers.contains("from")) {
        reasons.add(name + " does not cover From (RFC 6376 §5.4)");
        return;
      }
      passed.add(
          new Passed(
              record.getDToken().toString().toLowerCase(Locale.ROOT),
              record.getSelector().toString(),
              headers));
    } catch (FailException | IOException | RuntimeException broken) {
      // Hostile tags make the parser throw in its own ways: all of them mean that it does not
      // verify.
      reasons.add("%s does not verify: %s".formatted(name, broken.getMessage()));
    }
  }

  private static String describe(Passed passed, HeaderBlock header) {
    long present = header.all("From").size();
    boolean oversigned =
        passed.headers().stream().filter(name -> name.equals("from")).count() > present;
    return "Signed by %s with the key %s; %d header fields are covered%s"
        .formatted(
            passed.domain(),
            passed.selector(),
            passed.headers().stream().distinct().count(),
            oversigned ? ", and no second From can be added" : "");
  }

  private static boolean isBlank(byte[] message, int from) {
    for (int i = from; i < message.length; i++) {
      byte b = message[i];
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return false;
      }
    }
    return true;
  }

  /// The header with one signature only, so that each is judged by itself.
  private record OneSignature(HeaderBlock header, byte[] message, Field signature)
      implements Headers {
    @Override
    public List<String> getFields() {
      return header.fields().stream().map(this::text).toList();
    }

    @Override
    public List<String> getFields(String name) {
      return name.equalsIgnoreCase("DKIM-Signature")
          ? List.of(text(signature))
          : header.all(name).stream().map(this::text).toList();
    }

    private String text(Field field) {
      int end = field.end();
      while (end > field.colon() && (message[end - 1] == '\n' || message[end - 1] == '\r')) {
        end--;
      }
      return new String(message, field.start(), end - field.start(), StandardCharsets.UTF_8);
    }
  }

  /// jDKIM hashes an empty body under relaxed canonicalisation as one empty line; it is nothing at
  /// all (RFC 6376 §3.4.4).
  private static final class Verifier extends DKIMVerifier {
    private final boolean blankBody;

    Verifier(PublicKeyRecordRetriever keys, boolean blankBody) {
      super(keys);
      this.blankBody = blankBody;
    }

    @Override
    protected BodyHasherImpl newBodyHasher(SignatureRecord record) throws PermFailException {
      if (!blankBody || !SignatureRecord.RELAXED.equals(record.getBodyCanonicalisationMethod())) {
        return super.newBodyHasher(record);
      }
      return new BodyHasherImpl(record) {
        @Override
        public byte[] getDigest() {
          try {
            return MessageDigest.getInstance(record.getHashAlgo().toString()).digest();
          } catch (NoSuchAlgorithmException unknown) {
            throw new IllegalStateException(unknown);
          }
        }
      };
    }
  }
}
