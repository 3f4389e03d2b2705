package dev.waybill.relay.bouncereport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.MessageFacts;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayOutputStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A report on one recipient as a message (RFC 3464, RFC 6522; RFC 6533 beyond ASCII). Pure; any
/// thread may use it.
///
/// @param from the author, at the domain that signs
/// @param to the envelope sender of the message
/// @param hostname our own
/// @param message what did not arrive
/// @param octets its bytes as submitted; null when they are not kept any more
/// @param recipient whom it did not reach
/// @param dsn what the sender wanted to hear, with ENVID and ORCPT decoded
/// @param id unique, of letters, digits and hyphens
record NondeliveryLetter(
    EmailAddress from,
    EmailAddress to,
    DomainName hostname,
    MessageFacts message,
    byte @Nullable [] octets,
    EmailAddress recipient,
    DsnParameters dsn,
    Nondelivery nondelivery,
    String id) {
  static final String SUBJECT = "Your message could not be delivered";

  private static final Base64.Encoder MIME = Base64.getMimeEncoder(76, new byte[] {'\r', '\n'});
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss '+0000'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final Pattern MESSAGE_ID = Pattern.compile("<[!-;=?-~]{1,200}@[!-;=?-~]{1,200}>");
  private static final int MOST_SHOWN = 200;
  private static final int MOST_NAME = 600;

  private static byte[] base64(byte[] octets) {
    return MIME.encode(octets);
  }

  /// What comes back of the message; empty when it is not kept any more. What had to travel safely
  /// comes back as its header, whatever RET asked for (RFC 8689 §5).
  Optional<Returned> returned() {
    boolean whole = dsn.ret() == DsnParameters.Ret.FULL && message.tlsWish() != TlsWish.REQUIRED;
    return Optional.ofNullable(octets).map(bytes -> Returned.of(bytes, whole));
  }

  /// The letter, every line ended by CR LF.
  byte[] octets(Optional<Returned> returned) {
    String boundary = "report-" + id;
    ByteArrayOutputStream letter = new ByteArrayOutputStream();
    write(letter, header(boundary));
    String text = text();
    boolean ascii = isAscii(text);
    write(
        letter,
        """
        --%s
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: %s

        """
            .formatted(boundary, ascii ? "7bit" : "base64"));
    byte[] lines = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    letter.writeBytes(ascii ? lines : base64(lines));
    write(
        letter,
        "\n--%s\nContent-Type: message/delivery-status\n\n%s".formatted(boundary, fields()));
    returned.ifPresent(part -> {
      write(
          letter,
          """

          --%s
          Content-Type: %s
          Content-Transfer-Encoding: %s

          """
              .formatted(boundary, part.type(), part.encoding()));
      letter.writeBytes(part.octets());
    });
    write(letter, "\n--" + boundary + "--\n");
    return letter.toByteArray();
  }

  private String header(String boundary) {
    String references =
        submitted("Message-ID")
            .map(String::strip)
            .filter(name -> MESSAGE_ID.matcher(name).matches())
            .map(name -> "In-Reply-To: " + name + "\nReferences: " + name + "\n")
            .orElse("");
    return """
    From: Mail Delivery System <%s>
    To: %s
    Subject: %s
    Message-ID: <%s@%s>
    %sAuto-Submitted: auto-replied
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status;
     boundary="%s"

    """
        .formatted(from, to, SUBJECT, id, from.domain(), references, boundary);
  }

  /// For people.
  private String text() {
    StringBuilder text =
        new StringBuilder(
            switch (nondelivery.how()) {
              case REFUSED -> "Your message could not be delivered to\n";
              case EXPIRED ->
                  "Your message could not be delivered in time, and is not tried again, to\n";
              case LATE -> "A host took your message, and reported later that it did not reach\n";
            });
    text.append("\n    ").append(recipient).append("\n\n");
    if (!nondelivery.words().isEmpty()) {
      String host = nondelivery.host();
      text.append(host == null ? "The reason:\n" : host + " said:\n");
      text.append("\n    ").append(nondelivery.words()).append("\n\n");
    }
    text.append("The message:\n\n");
    line(text, "Subject", readable(message.subject()));
    submitted("Date").ifPresent(date -> line(text, "Date", date));
    submitted("Message-ID").ifPresent(name -> line(text, "Message-ID", name));
    line(text, "Accepted", date(message.acceptedAt()) + " as " + message.id());
    return text.append("\nOther recipients of it are not concerned.\n").toString();
  }

  /// For programs (RFC 3464 §2).
  private String fields() {
    StringBuilder fields = new StringBuilder();
    field(fields, "Reporting-MTA", "dns; " + hostname);
    if (dsn.envid() != null) {
      field(fields, "Original-Envelope-Id", ascii(Nondelivery.line(dsn.envid(), MOST_NAME)));
    }
    field(fields, "Arrival-Date", date(message.acceptedAt()));
    fields.append('\n');
    if (dsn.orcpt() != null) {
      field(fields, "Original-Recipient", originalRecipient(dsn.orcpt()));
    }
    String type = recipient.needsSmtpUtf8() ? "utf-8; " : "rfc822; ";
    field(fields, "Final-Recipient", type + unitext(recipient.toString()));
    field(fields, "Action", "failed");
    field(fields, "Status", nondelivery.status());
    String host = nondelivery.host();
    if (host != null) {
      field(fields, "Remote-MTA", "dns; " + host);
    }
    if (!nondelivery.words().isEmpty()) {
      field(
          fields,
          "Diagnostic-Code",
          (host == null ? "X-Waybill; " : "smtp; ") + ascii(nondelivery.words()));
    }
    if (nondelivery.how() != Nondelivery.How.LATE) {
      field(fields, "Last-Attempt-Date", date(nondelivery.at()));
    }
    return fields.toString();
  }

  private Optional<String> submitted(String name) {
    return Optional.ofNullable(octets)
        .flatMap(bytes -> HeaderBlock.parse(bytes).value(name))
        .map(value -> Nondelivery.line(value, 2 * MOST_SHOWN + 3));
  }

  private static String originalRecipient(String orcpt) {
    String line = Nondelivery.line(orcpt, MOST_NAME);
    return line.regionMatches(true, 0, "utf-8;", 0, 6) ? unitext(line) : ascii(line);
  }

  /// What is beyond ASCII in the words of RFC 6533 §3, which fit into a delivery report of any age.
  private static String unitext(String address) {
    StringBuilder text = new StringBuilder(address.length());
    address
        .codePoints()
        .forEach(point -> {
          if (point < 0x80) {
            text.append((char) point);
          } else {
            text.append("\\x{%X}".formatted(point));
          }
        });
    return text.toString();
  }

  private static String ascii(String text) {
    return text.replaceAll("[^ -~]", "?");
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static String readable(String subject) {
    try {
      return MimeUtility.decodeText(subject);
    } catch (UnsupportedEncodingException _) {
      return subject;
    }
  }

  private static String date(Instant time) {
    return DATE.format(time);
  }

  private static void line(StringBuilder text, String name, String value) {
    String shown = Nondelivery.line(value, 2 * MOST_SHOWN);
    if (!shown.isEmpty()) {
      text.append("    ").append(name).append(": ").append(shown).append('\n');
    }
  }

  private static void field(StringBuilder fields, String name, String value) {
    fields.append(name).append(": ").append(value).append('\n');
  }

  private static void write(ByteArrayOutputStream letter, String text) {
    letter.writeBytes(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
  }
}
