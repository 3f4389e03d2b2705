package dev.waybill.cli.client;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.eclipse.angus.mail.util.MailConnectException;
import org.jspecify.annotations.Nullable;

/// Hands one message to a relay's submission door as an application would: TLS, AUTH with the API
/// key, then the message. Every step has a time limit. Immutable.
///
/// @param implicitTls whether TLS begins with the first octet (RFC 8314) instead of STARTTLS
/// @param anyCertificate whether the door may show a certificate that this machine does not trust
public record SubmissionDoor(
    String host, int port, ApiToken token, boolean implicitTls, boolean anyCertificate) {
  /// A message.
  ///
  /// @param html the same as HTML, for those who prefer that; null for a text alone
  /// @param stream null for the key's own
  public record Mail(
      String from,
      String to,
      String subject,
      String text,
      @Nullable String html,
      @Nullable String stream) {}

  private static final String USER = "waybill";
  private static final String TIMEOUT_MILLIS = "30000";
  private static final Pattern QUEUED = Pattern.compile("Queued as (\\S+)");

  /// @return the id that the relay gave the message
  public String submit(Mail mail) throws Failure {
    Session session = Session.getInstance(properties());
    try (SMTPTransport transport = new SMTPTransport(session, null)) {
      transport.connect(host, port, USER, token.text());
      transport.sendMessage(
          message(session, mail), new InternetAddress[] {new InternetAddress(mail.to())});
      Matcher queued = QUEUED.matcher(String.valueOf(transport.getLastServerResponse()));
      if (!queued.find()) {
        throw new Failure(
            ExitCode.FAILED,
            "%s answered \"%s\" (expected: 250 2.0.0 Queued as ID)"
                .formatted(this, transport.getLastServerResponse().strip()),
            "Is this Waybill's submission door?");
      }
      return queued.group(1);
    } catch (AuthenticationFailedException refused) {
      throw new Failure(
          ExitCode.REFUSED,
          "%s refused the key: %s".formatted(this, said(refused)),
          "See: waybillctl api-keys list");
    } catch (MessagingException failure) {
      throw explained(failure);
    }
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.localhost", "localhost");
    properties.setProperty("mail.smtp.ssl.enable", String.valueOf(implicitTls));
    properties.setProperty("mail.smtp.starttls.enable", String.valueOf(!implicitTls));
    properties.setProperty("mail.smtp.starttls.required", String.valueOf(!implicitTls));
    properties.setProperty("mail.smtp.ssl.checkserveridentity", String.valueOf(!anyCertificate));
    if (anyCertificate) {
      properties.setProperty("mail.smtp.ssl.trust", "*");
    }
    properties.setProperty("mail.smtp.auth", "true");
    properties.setProperty("mail.smtp.auth.mechanisms", "PLAIN");
    properties.setProperty("mail.smtp.connectiontimeout", TIMEOUT_MILLIS);
    properties.setProperty("mail.smtp.timeout", TIMEOUT_MILLIS);
    properties.setProperty("mail.smtp.writetimeout", TIMEOUT_MILLIS);
    properties.setProperty("mail.mime.allowutf8", "true");
    return properties;
  }

  private static MimeMessage message(Session session, Mail mail) throws MessagingException {
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress(mail.from()));
    message.setRecipient(MimeMessage.RecipientType.TO, new InternetAddress(mail.to()));
    message.setSubject(mail.subject(), StandardCharsets.UTF_8.name());
    if (mail.html() == null) {
      message.setText(mail.text(), StandardCharsets.UTF_8.name());
    } else {
      // The best shape comes last (RFC 2046 §5.1.4).
      message.setContent(
          new MimeMultipart("alternative", part(mail.text(), "plain"), part(mail.html(), "html")));
    }
    if (mail.stream() != null) {
      message.setHeader("X-Waybill-Stream", mail.stream());
    }
    return message;
  }

  private static MimeBodyPart part(String text, String subtype) throws MessagingException {
    MimeBodyPart part = new MimeBodyPart();
    part.setText(text, StandardCharsets.UTF_8.name(), subtype);
    return part;
  }

  private Failure explained(MessagingException failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (failure instanceof MailConnectException) {
      return new Failure(
          ExitCode.UNREACHABLE,
          "cannot reach %s: %s".formatted(this, root.getMessage()),
          "Name the submission door with --smtp HOST:PORT.");
    }
    if (root instanceof SSLException || String.valueOf(failure.getMessage()).contains("TLS")) {
      return new Failure(
          ExitCode.UNREACHABLE,
          "no TLS connection to %s: %s".formatted(this, root.getMessage()),
          "With the relay's own certificate, give --insecure.");
    }
    String said = said(failure);
    return said.startsWith("5")
        ? new Failure(ExitCode.REFUSED, "%s refused the message: %s".formatted(this, said), "")
        : new Failure(ExitCode.FAILED, "%s did not take the message: %s".formatted(this, said), "");
  }

  /// What the relay said: the innermost of the exceptions that each mail command adds.
  private static String said(MessagingException failure) {
    MessagingException innermost = failure;
    while (innermost.getNextException() instanceof MessagingException next) {
      innermost = next;
    }
    return String.valueOf(innermost.getMessage()).strip();
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
