package dev.waybill.relay.bench;

import java.nio.charset.StandardCharsets;

/// The messages that the benchmarks work with.
public final class Mail {
  private static final String HEAD =
      """
      From: Shop <shop@%s>\r
      To: Ann <ann@rcpt.example>\r
      Subject: Your weekly summary is here\r
      Date: Fri, 07 Jun 2024 10:00:00 +0000\r
      Message-ID: <1@%s>\r
      MIME-Version: 1.0\r
      """;
  private static final String SENTENCE =
      "Please find the weekly summary of your orders and payments here.\r\n";

  private Mail() {}

  /// A plain text of about so many octets.
  static String text(String domain, int octets) {
    return HEAD.formatted(domain, domain)
        + "Content-Type: text/plain; charset=utf-8\r\n\r\n"
        + SENTENCE.repeat(octets / SENTENCE.length());
  }

  /// About 10 KB in two forms, with twenty links.
  public static String html(String domain) {
    StringBuilder text = new StringBuilder(HEAD.formatted(domain, domain));
    text.append("Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\n")
        .append("Content-Type: text/plain; charset=utf-8\r\n\r\n")
        .append(SENTENCE.repeat(30))
        .append("--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>\r\n");
    for (int i = 0; i < 20; i++) {
      text.append("<p style=\"margin:0 0 12px\">")
          .append(SENTENCE.repeat(4))
          .append("<a href=\"https://shop.example/offer/")
          .append(i)
          .append("?ref=weekly\">Look at it</a></p>\r\n");
    }
    return text.append("</body></html>\r\n--b--\r\n").toString();
  }

  static byte[] octets(String message) {
    return message.getBytes(StandardCharsets.US_ASCII);
  }
}
