package dev.waybill.relay.rendering;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.conversion.AsciiHeader;
import dev.waybill.relay.conversion.SevenBitBody;
import dev.waybill.relay.dkim.DkimSigner;
import dev.waybill.relay.dkim.SigningKey;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.PostOffice;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.queue.StoredMessage;
import dev.waybill.relay.tokens.Tokens;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes the copy of a message that one recipient gets.
///
/// Any thread may call it, and many at once. Nothing is kept but what can be worked out again: the
/// prepared state of recent messages, so that a message to many recipients is looked through once.
public final class Renderer {
  private static final long MAX_PREPARED = 64L * 1024 * 1024;

  private final RenderingSettings settings;
  private final Tokens tokens;
  private final InstantSource clock;
  private final DkimSigner signer = new DkimSigner();
  private final Timer signing;
  private final Counter rsaSignatures;
  private final Counter ed25519Signatures;
  private final Cache<StoredMessage, PreparedMessage> prepared =
      Caffeine.newBuilder()
          .weakKeys()
          .maximumWeight(MAX_PREPARED)
          .weigher((StoredMessage _, PreparedMessage message) -> message.weight())
          .executor(Runnable::run)
          .build();

  public Renderer(
      RenderingSettings settings, Tokens tokens, InstantSource clock, MeterRegistry meters) {
    this.settings = settings;
    this.tokens = tokens;
    this.clock = clock;
    this.signing =
        Timer.builder("waybill.dkim.signing")
            .description("Time to make all DKIM signatures of one copy")
            .register(meters);
    this.rsaSignatures = counter(meters, "rsa-sha256");
    this.ed25519Signatures = counter(meters, "ed25519-sha256");
  }

  /// Renders and signs one copy.
  ///
  /// @param domain the registered domain that the message was accepted for
  /// @param keys what to sign with, in the order of the signatures; at least one
  /// @throws IllegalArgumentException when there is no key: unsigned mail would hurt the domain
  /// @throws java.io.UncheckedIOException when the message cannot be read from the disk
  /// @throws IllegalStateException when a key cannot sign
  public RenderedCopy render(ReadyDelivery delivery, SendingDomain domain, List<SigningKey> keys) {
    return render(delivery, domain, keys, RenderedCopy.Host.ANY);
  }

  /// The same for a host that may take less: what can be converted without loss is.
  public RenderedCopy render(
      ReadyDelivery delivery, SendingDomain domain, List<SigningKey> keys, RenderedCopy.Host host) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException(
          "no signing key for %s (expected: at least one)".formatted(domain.name()));
    }
    MessageFacts facts = delivery.message().facts();
    PreparedMessage message = prepared(delivery);
    CopyUrls urls = new CopyUrls(tokens, delivery, domain, settings.base());
    PreparedMessage.Unsigned copy = copy(message, urls, domain);
    byte[] bytes = copy.bytes();
    HeaderBlock header = HeaderBlock.parse(bytes);
    boolean eightBit =
        (message.eightBit() || copy.eightBitFooter())
            && (!copy.bodyChanged()
                || PreparedMessage.hasEightBit(bytes, header.bodyStart(), bytes.length));
    boolean smtpUtf8 =
        delivery.recipient().needsSmtpUtf8()
            || (facts.smtpUtf8() && PreparedMessage.hasEightBit(bytes, 0, header.bodyStart()));
    String digest = message.digest(copy, header.bodyStart());
    Set<RenderedCopy.Conversion> converted = EnumSet.noneOf(RenderedCopy.Conversion.class);
    if (smtpUtf8 && !host.smtpUtf8() && !delivery.recipient().needsSmtpUtf8()) {
      byte[] ascii = AsciiHeader.of(bytes).orElse(bytes);
      smtpUtf8 = ascii == bytes;
      converted.addAll(smtpUtf8 ? Set.of() : Set.of(RenderedCopy.Conversion.HEADER));
      bytes = ascii;
    }
    if (eightBit && !host.eightBitMime()) {
      byte[] sevenBit = SevenBitBody.of(bytes, settings.mimeDepth()).orElse(bytes);
      eightBit = sevenBit == bytes;
      converted.addAll(eightBit ? Set.of() : Set.of(RenderedCopy.Conversion.BODY));
      bytes = sevenBit;
    }
    if (!converted.isEmpty()) {
      header = HeaderBlock.parse(bytes);
    }
    byte[] bodyHash =
        copy.bodyChanged() || converted.contains(RenderedCopy.Conversion.BODY)
            ? DkimSigner.bodyHash(bytes, header.bodyStart())
            : message.bodyHash();
    Instant now = clock.instant();
    return new RenderedCopy(
        PostOffice.Kind.BOUNCE_REPORT.is(facts) ? null : urls.returnPath(),
        delivery.recipient(),
        signed(bytes, header, bodyHash, domain, keys, now),
        eightBit,
        smtpUtf8,
        domain.requireTls(),
        copy.untracked(),
        new RenderedCopy.Imprint(
            digest, now, keys.stream().map(SigningKey::selector).toList(), converted));
  }

  /// Makes a copy once more, with the reason of every change; it is for people and goes nowhere.
  ///
  /// @param selectors whose signatures it gets, in their order
  /// @param keys those of them that are still there
  /// @param signedAt the time in the signatures
  /// @throws java.io.UncheckedIOException when the message is not there any more
  Explanation explain(
      ReadyDelivery delivery,
      SendingDomain domain,
      List<String> selectors,
      List<SigningKey> keys,
      Instant signedAt) {
    PreparedMessage message = prepared(delivery);
    PreparedMessage.Unsigned copy =
        copy(message, new CopyUrls(tokens, delivery, domain, settings.base()), domain);
    byte[] bytes = copy.bytes();
    HeaderBlock header = HeaderBlock.parse(bytes);
    byte[] bodyHash = DkimSigner.bodyHash(bytes, header.bodyStart());
    Map<String, SigningKey> bySelector = new HashMap<>();
    keys.forEach(key -> bySelector.put(key.selector(), key));
    List<Explanation.Signature> signatures = new ArrayList<>();
    for (String selector : selectors) {
      SigningKey key = bySelector.get(selector);
      signatures.add(
          new Explanation.Signature(
              domain.name() + "/" + selector,
              key == null
                  ? new byte[0]
                  : signer.sign(bytes, header, bodyHash, domain.name(), key, signedAt)));
    }
    return Explanation.of(
        message.submitted(), copy, message.digest(copy, header.bodyStart()), signatures);
  }

  private PreparedMessage prepared(ReadyDelivery delivery) {
    return prepared.get(
        delivery.message(), key -> PreparedMessage.of(key.facts(), key.bytes(), settings));
  }

  private static PreparedMessage.Unsigned copy(
      PreparedMessage message, CopyUrls urls, SendingDomain domain) {
    MessageFacts facts = message.facts();
    return message.copy(
        urls,
        wanted(facts.trackOpens(), domain.openTracking()),
        wanted(facts.trackClicks(), domain.clickTracking()));
  }

  private byte[] signed(
      byte[] bytes,
      HeaderBlock header,
      byte[] bodyHash,
      SendingDomain domain,
      List<SigningKey> keys,
      Instant now) {
    ByteArrayOutputStream signatures = new ByteArrayOutputStream(keys.size() * 1_000);
    signing.record(() -> {
      for (SigningKey key : keys) {
        signatures.writeBytes(signer.sign(bytes, header, bodyHash, domain.name(), key, now));
      }
    });
    for (SigningKey key : keys) {
      switch (key.algorithm()) {
        case RSA_SHA256 -> rsaSignatures.increment();
        case ED25519_SHA256 -> ed25519Signatures.increment();
      }
    }
    byte[] first = signatures.toByteArray();
    byte[] copy = Arrays.copyOf(first, first.length + bytes.length);
    System.arraycopy(bytes, 0, copy, first.length, bytes.length);
    return copy;
  }

  private static boolean wanted(@Nullable Boolean ofMessage, boolean ofDomain) {
    return ofMessage == null ? ofDomain : ofMessage;
  }

  private static Counter counter(MeterRegistry meters, String algorithm) {
    return Counter.builder("waybill.dkim.signatures")
        .description("DKIM signatures made")
        .tag("algorithm", algorithm)
        .register(meters);
  }
}
