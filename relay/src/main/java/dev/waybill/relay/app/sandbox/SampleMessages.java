package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.message.EmailAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;

/// The two messages that a new sandbox sends to itself.
public final class SampleMessages {
  /// A message as an application hands it over.
  ///
  /// @param content RFC 5322 bytes with CR LF line ends, all ASCII
  public record Sample(EmailAddress recipient, byte[] content) {}

  private SampleMessages() {}

  /// A receipt (transactional) and a newsletter (marketing), in this order.
  ///
  /// @param now for Date and Message-ID
  public static List<Sample> all(Instant now) {
    return List.of(
        sample("ada@customer.example", "sample-receipt.eml", now),
        sample("ben@reader.example", "sample-newsletter.eml", now));
  }

  private static Sample sample(String recipient, String resource, Instant now) {
    try (InputStream in = SampleMessages.class.getResourceAsStream(resource)) {
      String text =
          new String(
              Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.US_ASCII);
      String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC));
      byte[] content =
          text.replace("{date}", date.replace("GMT", "+0000"))
              .replace("{id}", Long.toString(now.toEpochMilli(), Character.MAX_RADIX))
              .replace("\n", "\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      return new Sample(EmailAddress.of(recipient), content);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
