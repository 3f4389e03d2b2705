package dev.waybill.relay.rendering;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimePart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/// What another MIME parser, Angus Mail, makes of a message: one line for each part with its type,
/// encoding, disposition and file name, and for parts that must not change their size and digest.
final class MimeShape {
  private final List<String> lines = new ArrayList<>();

  private MimeShape() {}

  static List<String> of(byte[] message) throws MessagingException, IOException {
    MimeShape shape = new MimeShape();
    shape.add(
        new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(message)),
        "");
    return shape.lines;
  }

  private void add(MimePart part, String place) throws MessagingException, IOException {
    String head =
        "%s %s; %s; %s; %s"
            .formatted(
                place,
                Arrays.toString(part.getHeader("Content-Type")),
                Arrays.toString(part.getHeader("Content-Transfer-Encoding")),
                Arrays.toString(part.getHeader("Content-Disposition")),
                fileName(part));
    if (part.isMimeType("multipart/*")) {
      try {
        Multipart multipart = (Multipart) part.getContent();
        int count = multipart.getCount();
        lines.add(head + "; " + count + " parts");
        for (int i = 0; i < count; i++) {
          add((MimeBodyPart) multipart.getBodyPart(i), place + "." + i);
        }
        return;
      } catch (MessagingException | IOException unreadable) {
        head += "; unreadable";
      }
    }
    boolean mayChange =
        (part.isMimeType("text/html") || part.isMimeType("text/plain")) && fileName(part) == null;
    lines.add(mayChange ? head : head + "; " + digest(part));
  }

  private static String fileName(MimePart part) {
    try {
      return part.getFileName();
    } catch (MessagingException unreadable) {
      return "unreadable";
    }
  }

  private static String digest(MimePart part) throws MessagingException, IOException {
    byte[] raw =
        part instanceof MimeBodyPart body
            ? body.getRawInputStream().readAllBytes()
            : ((MimeMessage) part).getRawInputStream().readAllBytes();
    return raw.length + " octets " + new String(raw, StandardCharsets.ISO_8859_1).hashCode();
  }
}
