package dev.waybill.relay.testing;

import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.queue.StoredMessage;
import dev.waybill.relay.streams.Stream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A submitted message and its sender, with everything that a test does not mention filled in.
public record SubmittedMail(
    byte[] bytes,
    Stream stream,
    @Nullable String tag,
    @Nullable Boolean trackOpens,
    @Nullable Boolean trackClicks,
    String received,
    boolean smtpUtf8) {
  public static final UUID ID = UUID.fromString("0199a0b0-0000-7000-8000-000000000001");
  public static final Instant ACCEPTED = Instant.parse("2026-11-03T10:15:30Z");
  public static final DomainName DOMAIN = DomainName.of("shop.example");

  public static SubmittedMail transactional(String message) {
    return transactional(message.getBytes(StandardCharsets.UTF_8));
  }

  public static SubmittedMail transactional(byte[] message) {
    return new SubmittedMail(
        message, Stream.TRANSACTIONAL, null, null, null, "by relay.example with ESMTPSA", false);
  }

  public static SubmittedMail marketing(String message) {
    return new SubmittedMail(
        message.getBytes(StandardCharsets.UTF_8),
        Stream.MARKETING,
        null,
        null,
        null,
        "by relay.example with ESMTPSA",
        false);
  }

  public SubmittedMail tagged(String label) {
    return new SubmittedMail(bytes, stream, label, trackOpens, trackClicks, received, smtpUtf8);
  }

  public SubmittedMail tracked(@Nullable Boolean opens, @Nullable Boolean clicks) {
    return new SubmittedMail(bytes, stream, tag, opens, clicks, received, smtpUtf8);
  }

  public SubmittedMail receivedAs(String how) {
    return new SubmittedMail(bytes, stream, tag, trackOpens, trackClicks, how, smtpUtf8);
  }

  public SubmittedMail withSmtpUtf8() {
    return new SubmittedMail(bytes, stream, tag, trackOpens, trackClicks, received, true);
  }

  public StoredMessage stored() {
    return StoredMessage.inMemory(
        new MessageFacts(
            ID,
            ACCEPTED,
            null,
            domain().id(),
            DOMAIN,
            "shop@shop.example",
            "Hello",
            stream,
            tag,
            Map.of(),
            trackOpens,
            trackClicks,
            received,
            bytes.length,
            false,
            smtpUtf8,
            EmailAddress.of("app@shop.example"),
            TlsWish.NONE),
        bytes);
  }

  public ReadyDelivery to(String recipient) {
    return new ReadyDelivery(
        new DeliveryKey(ID, 0), stored(), EmailAddress.of(recipient), DsnParameters.NONE);
  }

  /// The sender, without tracking.
  public static SendingDomain domain() {
    return domain(false, false, null);
  }

  public static SendingDomain domain(boolean opens, boolean clicks, @Nullable String tracking) {
    return new SendingDomain(
        UUID.fromString("0199a0b0-0000-7000-8000-00000000000d"),
        DOMAIN,
        DomainStatus.VERIFIED,
        "send",
        opens,
        clicks,
        tracking,
        false,
        ACCEPTED);
  }
}
