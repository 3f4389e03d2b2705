package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.message.HeaderBlock;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import jakarta.mail.internet.MimePartDataSource;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// A message as a mail program shows it; untrusted text throughout.
///
/// @param html the first HTML part; empty when there is none
/// @param text the first plain-text part; empty when there is none
/// @param attachments names and types of the other parts, for people
record MailView(
    String from,
    String to,
    String subject,
    Optional<String> html,
    Optional<String> text,
    List<String> attachments) {
  private static final int MAX_DEPTH = 8;
  private static final int MAX_PARTS = 100;
  private static final int MAX_PART = 2 * 1024 * 1024;
  private static final Session SESSION = Session.getInstance(new Properties());

  MailView {
    attachments = List.copyOf(attachments);
  }

  /// Reads what can be read; a broken message shows less and never fails.
  static MailView of(byte[] message) {
    HeaderBlock header = HeaderBlock.parse(message);
    Parts parts = new Parts();
    try {
      parts.walk(new MimeMessage(SESSION, new ByteArrayInputStream(message)), 0);
    } catch (MessagingException | IOException | RuntimeException broken) {
      parts.others.add("(the rest of the message cannot be read as MIME)");
    }
    return new MailView(
        decoded(header, "From"),
        decoded(header, "To"),
        decoded(header, "Subject"),
        Optional.ofNullable(parts.html),
        Optional.ofNullable(parts.text),
        parts.others);
  }

  private static String decoded(HeaderBlock header, String name) {
    String raw = header.value(name).orElse("");
    try {
      return MimeUtility.decodeText(raw);
    } catch (UnsupportedEncodingException | RuntimeException unknownCharset) {
      return raw;
    }
  }

  /// Collects the parts of one message; confined to one thread.
  private static final class Parts {
    private final List<String> others = new ArrayList<>();
    private @Nullable String html;
    private @Nullable String text;
    private int seen;

    void walk(Part part, int depth) throws MessagingException, IOException {
      if (++seen > MAX_PARTS || depth > MAX_DEPTH) {
        return;
      }
      boolean attached = Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition());
      if (part.isMimeType("multipart/*") && part instanceof MimePart mime) {
        MimeMultipart children = new MimeMultipart(new MimePartDataSource(mime));
        int count = Math.min(children.getCount(), MAX_PARTS);
        for (int i = 0; i < count; i++) {
          BodyPart child = children.getBodyPart(i);
          walk(child, depth + 1);
        }
      } else if (part.isMimeType("text/html") && !attached && html == null) {
        html = content(part);
      } else if (part.isMimeType("text/plain") && !attached && text == null) {
        text = content(part);
      } else {
        others.add(describe(part));
      }
    }

    private static String describe(Part part) throws MessagingException {
      String name = part instanceof MimeBodyPart body ? body.getFileName() : null;
      String type = String.valueOf(part.getContentType());
      int semicolon = type.indexOf(';');
      return (name == null ? "" : name + ", ")
          + (semicolon < 0 ? type : type.substring(0, semicolon));
    }

    private static String content(Part part) throws MessagingException, IOException {
      Charset charset = StandardCharsets.UTF_8;
      try {
        String named = new ContentType(part.getContentType()).getParameter("charset");
        if (named != null) {
          charset = Charset.forName(MimeUtility.javaCharset(named));
        }
      } catch (IllegalArgumentException | MessagingException unknown) {
        charset = StandardCharsets.ISO_8859_1;
      }
      try (InputStream in = part.getInputStream()) {
        return new String(in.readNBytes(MAX_PART), charset);
      }
    }
  }
}
