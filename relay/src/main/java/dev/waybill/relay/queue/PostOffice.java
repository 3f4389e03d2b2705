package dev.waybill.relay.queue;

import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.idempotency.IdempotencyKey;
import dev.waybill.relay.idempotency.Receipt;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.streams.Stream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/// Where letters that the relay writes itself are handed in. Any thread may use it.
///
/// @param covering the registered domain at or above a name
/// @param suppressed who may not get mail
/// @param ids makes the ids of messages
/// @param accept takes a message over
public record PostOffice(
    Function<DomainName, Optional<SendingDomain>> covering,
    SuppressionCheck suppressed,
    Supplier<UUID> ids,
    Function<Acceptance, CompletableFuture<Receipt>> accept) {
  private static final long PATIENCE_SECONDS = 60;

  /// What a letter is.
  public enum Kind {
    /// An aggregate TLS report, which no policy keeps from going.
    TLS_REPORT("TLS report", "tls-report"),

    /// A report to an application that its mail came back; it has the null sender (RFC 3464 §2).
    BOUNCE_REPORT("bounce report", "bounce-report");

    private final String origin;
    private final String tag;

    Kind(String text, String tag) {
      this.origin = " (" + text + ")";
      this.tag = tag;
    }

    /// Whether a message is a letter of this kind. What is submitted always came from somewhere, so
    /// that nobody else's is taken for one.
    public boolean is(MessageFacts facts) {
      return facts.received().startsWith("by ") && facts.received().endsWith(origin);
    }
  }

  /// One letter.
  ///
  /// @param domain for which it is accepted, and whose keys sign it
  /// @param octets the message, every line ended by CR LF
  /// @param tlsWish how it is to travel
  /// @param key its name: one of the same name is not sent a second time
  public record Letter(
      Kind kind,
      SendingDomain domain,
      EmailAddress from,
      EmailAddress to,
      String subject,
      byte[] octets,
      boolean eightBit,
      TlsWish tlsWish,
      String key) {}

  /// The domain registered at or above a name, if it may send now.
  public Optional<SendingDomain> sending(DomainName name) {
    return covering.apply(name).filter(known -> known.status().mayMail());
  }

  /// Hands a letter in; blocks until it is on stable storage.
  ///
  /// @param hostname our own
  /// @return why it could not be taken; empty when it was, now or before
  public Optional<String> post(Letter letter, DomainName hostname, Instant now) {
    try {
      CompletableFuture<Receipt> receipt = accept.apply(acceptance(letter, hostname, now));
      return switch (receipt.get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        case Receipt.Queued _ -> Optional.empty();
        case Receipt.KeyTaken _ -> Optional.of("another message has this letter's key");
      };
    } catch (ExecutionException failure) {
      return Optional.of("our storage: " + failure.getCause());
    } catch (TimeoutException _) {
      return Optional.of("our storage did not take it in time");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private Acceptance acceptance(Letter letter, DomainName hostname, Instant now) {
    SendingDomain domain = letter.domain();
    MessageFacts facts =
        new MessageFacts(
            ids.get(),
            now,
            null,
            domain.id(),
            domain.name(),
            letter.from().toString(),
            letter.subject(),
            Stream.TRANSACTIONAL,
            letter.kind().tag,
            Map.of(),
            false,
            false,
            "by " + hostname + letter.kind().origin,
            letter.octets().length,
            letter.eightBit(),
            letter.to().needsSmtpUtf8(),
            null,
            letter.tlsWish());
    String reason =
        suppressed.among(domain.id(), Stream.TRANSACTIONAL, List.of(letter.to())).get(letter.to());
    // a node that was stopped behind the commit does not send it a second time
    String key = letter.kind().tag + " " + letter.key();
    MessageDigest content = IdempotencyKey.digest();
    content.update(key.getBytes(StandardCharsets.US_ASCII));
    return new Acceptance(
        facts,
        new SubmittedBody.InMemory(letter.octets()),
        List.of(new Recipient(letter.to(), reason, DsnParameters.NONE)),
        IdempotencyKey.of(domain.id(), key, content),
        null);
  }
}
