package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.feedback.Receiver.Arrival;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import jakarta.activation.DataHandler;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Type;

/// Plays the mailbox provider whose user pressed "this is spam": sends a report (RFC 5965) to the
/// message's return path, by the MX that the DNS names for it.
///
/// Any thread may call it. In the world an MX is reached at port 25; here its port is that of the
/// relay's feedback door. A return path without MX, or one that leads off this machine, gets
/// nothing.
public final class ArfSender {
  private static final Logger log = LoggerFactory.getLogger(ArfSender.class);
  private static final String REPORTER = "complaints@" + SandboxZone.MAIL_HOST;
  private static final String TIMEOUT_MILLIS = "10000";

  private final ReceiverDns dns;
  private final int feedbackPort;
  private final InstantSource clock;

  /// @param dns the server that names the MX
  /// @param feedbackPort where the hosts of return paths listen
  public ArfSender(InetSocketAddress dns, int feedbackPort, InstantSource clock) {
    this.dns = new ReceiverDns(dns);
    this.feedbackPort = feedbackPort;
    this.clock = clock;
  }

  /// Sends the report on a thread of its own, as a provider does long after it took the message.
  void complainLater(Arrival arrival) {
    var _ =
        Thread.ofVirtual()
            .name("sandbox-complaint")
            .start(() -> {
              try {
                complain(arrival);
                log.info("Complained to {}", arrival.sender());
              } catch (MessagingException | IOException failed) {
                log.warn("Cannot complain to {}: {}", arrival.sender(), failed.toString());
              }
            });
  }

  /// Sends the report and returns when it was accepted.
  void complain(Arrival arrival) throws MessagingException, IOException {
    EmailAddress returnPath =
        EmailAddress.parse(arrival.sender())
            .orElseThrow(() -> new IOException("no return path to complain to"));
    InetAddress host = host(returnPath.domain());
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.host", host.getHostAddress());
    properties.setProperty("mail.smtp.port", Integer.toString(feedbackPort));
    properties.setProperty("mail.smtp.from", REPORTER);
    properties.setProperty("mail.smtp.localhost", SandboxZone.MAIL_HOST.value());
    properties.setProperty("mail.smtp.connectiontimeout", TIMEOUT_MILLIS);
    properties.setProperty("mail.smtp.timeout", TIMEOUT_MILLIS);
    properties.setProperty("mail.smtp.writetimeout", TIMEOUT_MILLIS);
    Transport.send(
        report(Session.getInstance(properties), arrival),
        new Address[] {new InternetAddress(returnPath.toString())});
  }

  private InetAddress host(DomainName domain) throws IOException {
    String exchange =
        dns.mailHost(domain).orElseThrow(() -> new IOException("no MX record for " + domain));
    Optional<InetAddress> address =
        dns.find(exchange, Type.A).stream()
            .map(record -> ((ARecord) record).getAddress())
            .filter(InetAddress::isLoopbackAddress)
            .findFirst();
    return address.orElseThrow(
        () -> new IOException("the MX %s is not on this machine".formatted(exchange)));
  }

  private FinishedMessage report(Session session, Arrival arrival)
      throws MessagingException, IOException {
    MimeMultipart parts = new MimeMultipart("report; report-type=feedback-report");
    parts.addBodyPart(
        part(
            "text/plain; charset=us-ascii",
            "The recipient of the message below reported it as unwanted.\r\n"
                .getBytes(StandardCharsets.US_ASCII)));
    parts.addBodyPart(
        part("message/feedback-report", fields(arrival).getBytes(StandardCharsets.US_ASCII)));
    parts.addBodyPart(part("message/rfc822", arrival.content()));
    // The dsn module's handler for this type writes nothing but its own class, so the body is
    // written
    // before it becomes a message.
    ByteArrayOutputStream report = new ByteArrayOutputStream();
    report.writeBytes(
        """
        From: Sandbox complaints <%s>
        To: <%s>
        Subject: Complaint about a message
        Date: %s
        MIME-Version: 1.0
        Content-Type: %s

        """
            .formatted(
                REPORTER,
                arrival.sender(),
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                    clock.instant().atOffset(ZoneOffset.UTC)),
                parts.getContentType())
            .replaceAll("\r?\n", "\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    parts.writeTo(report);
    return new FinishedMessage(session, report.toByteArray());
  }

  private static String fields(Arrival arrival) {
    return """
    Feedback-Type: abuse
    User-Agent: WaybillSandbox/1
    Version: 1
    Reporting-MTA: dns; %s
    Original-Mail-From: <%s>
    Original-Rcpt-To: <%s>
    Source-IP: %s
    """
        .formatted(
            SandboxZone.MAIL_HOST,
            arrival.sender(),
            arrival.recipients().getFirst(),
            arrival.client().getHostAddress())
        .replace("\n", "\r\n");
  }

  private static MimeBodyPart part(String type, byte[] content) throws MessagingException {
    MimeBodyPart part = new MimeBodyPart();
    part.setDataHandler(new DataHandler(new ByteArrayDataSource(content, type)));
    part.setHeader("Content-Type", type);
    part.setHeader("Content-Transfer-Encoding", "8bit");
    return part;
  }
}
