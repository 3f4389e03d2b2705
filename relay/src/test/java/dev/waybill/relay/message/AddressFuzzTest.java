package dev.waybill.relay.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Any octets as a header block and as an author: nothing is thrown, nothing points outside, and
/// what was read as an address is one. `JAZZER_FUZZ=1` looks for new inputs.
class AddressFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void headerBlock(byte[] octets) {
    HeaderBlock header = HeaderBlock.parse(octets);
    int last = 0;
    for (HeaderBlock.Field field : header.fields()) {
      assertThat(field.start()).isGreaterThanOrEqualTo(last);
      assertThat(field.colon()).isBetween(field.start(), field.end() - 1);
      assertThat(octets[field.colon()]).isEqualTo((byte) ':');
      last = field.end();
    }
    assertThat(header.bodyStart()).isBetween(last, octets.length);
    assertThat(header.malformedAt()).isBetween(-1, Math.max(-1, octets.length - 1));
  }

  @FuzzTest(maxDuration = "10m")
  void originator(byte[] octets) {
    byte[] message = joined("From: ".getBytes(StandardCharsets.US_ASCII), octets);
    HeaderBlock header = HeaderBlock.parse(message);
    for (boolean smtpUtf8 : List.of(true, false)) {
      switch (OriginatorField.read(message, header, "From", smtpUtf8)) {
        case OriginatorField.OneMailbox(EmailAddress address) -> isWhole(address);
        case OriginatorField.SeveralMailboxes(List<EmailAddress> addresses) ->
            addresses.forEach(AddressFuzzTest::isWhole);
        case OriginatorField.Missing _, OriginatorField.SeveralFields _ -> {}
        case OriginatorField.Unreadable(String why) -> assertThat(why).isNotBlank();
      }
    }
  }

  @FuzzTest(maxDuration = "10m")
  void mailbox(byte[] octets) {
    EmailAddress.parse(new String(octets, StandardCharsets.UTF_8))
        .ifPresent(AddressFuzzTest::isWhole);
  }

  /// Read again, it is the same; and it cannot end a line or a path.
  private static void isWhole(EmailAddress address) {
    assertThat(EmailAddress.parse(address.toString())).contains(address);
    assertThat(address.toString()).doesNotContainPattern("[\\x00-\\x1F\\x7F]");
    assertThat(address.domain().value()).matches("[a-z0-9._-]+").doesNotEndWith(".");
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] all = new byte[one.length + other.length];
    System.arraycopy(one, 0, all, 0, one.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }
}
