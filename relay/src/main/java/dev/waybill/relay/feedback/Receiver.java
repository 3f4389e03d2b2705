package dev.waybill.relay.feedback;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;

/// Decides what a [ReceivingDoor] accepts. Every connection calls it from its own virtual thread.
public interface Receiver {
  /// Whether mail for this address is taken, asked at each RCPT TO before any data is sent.
  ///
  /// @param address as the client wrote it, without angle brackets; not checked in any way
  Answer recipient(String address);

  /// Takes a whole message; a positive answer takes responsibility for it (RFC 5321 §4.2.5).
  Answer message(Arrival arrival);

  /// One reply line.
  ///
  /// @param code 250, or 4xx and 5xx to refuse
  /// @param text begins with an enhanced status code (RFC 3463); printable ASCII
  record Answer(int code, String text) {
    public Answer {
      if (code != 250 && (code < 400 || code > 599)) {
        throw new IllegalArgumentException("code %d (expected: 250 or 400..599)".formatted(code));
      }
      if (!text.chars().allMatch(c -> c >= 0x20 && c < 0x7F)) {
        throw new IllegalArgumentException("reply text (expected: one line of printable ASCII)");
      }
    }

    public static Answer ok(String text) {
      return new Answer(250, text);
    }

    public boolean accepted() {
      return code == 250;
    }
  }

  /// A message with its envelope as it came.
  ///
  /// @param client where the connection came from
  /// @param helo what the client called itself; empty when it did not
  /// @param tls whether the message came over TLS
  /// @param sender the return path without angle brackets; empty for the null return path
  /// @param recipients those that were accepted, as the client wrote them
  /// @param content the exact bytes, dot-stuffing undone; never altered
  record Arrival(
      InetAddress client,
      String helo,
      boolean tls,
      String sender,
      List<String> recipients,
      byte[] content) {
    public Arrival {
      Objects.requireNonNull(client, "client");
      Objects.requireNonNull(helo, "helo");
      Objects.requireNonNull(sender, "sender");
      recipients = List.copyOf(recipients);
    }
  }
}
