package dev.waybill.relay.tlsreport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Base64;

/// A report as a message (RFC 8460 §5.3). Pure; any thread may use it.
///
/// @param from the author, at a domain that signs
/// @param gzip the report
record ReportLetter(
    EmailAddress from, EmailAddress to, DomainName domain, LocalDate day, String id, byte[] gzip) {
  private static final Base64.Encoder MIME = Base64.getMimeEncoder(76, new byte[] {'\r', '\n'});

  String subject() {
    return "Report Domain: %s Submitter: %s Report-ID: <%s@%s>"
        .formatted(domain, from.domain(), id, from.domain());
  }

  /// The letter, every line ended by CR LF.
  ///
  /// It must not be kept from going by what is wrong with the way it tells of (RFC 8460 §3): hosts
  /// on its way are told by TLS-Required (RFC 8689 §5).
  byte[] octets() {
    String boundary = "report-" + id;
    String name = ReportDocument.fileName(from.domain(), domain, day, id);
    String header =
        """
        From: %s
        To: %s
        Subject: Report Domain: %s
         Submitter: %s
         Report-ID: <%s@%s>
        Message-ID: <%s@%s>
        TLS-Report-Domain: %s
        TLS-Report-Submitter: %s
        TLS-Required: No
        Auto-Submitted: auto-generated
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type="tlsrpt";
         boundary="%s"

        """
            .formatted(
                from,
                to,
                domain,
                from.domain(),
                id,
                from.domain(),
                id,
                from.domain(),
                domain,
                from.domain(),
                boundary);
    String parts =
        """
        --%s
        Content-Type: text/plain; charset=us-ascii

        This is an aggregate TLS report (RFC 8460) from %s
        on sessions with mail hosts of %s
        on %s (UTC).
        --%s
        Content-Type: application/tlsrpt+gzip
        Content-Transfer-Encoding: base64
        Content-Disposition: attachment;
         filename="%s"

        """
            .formatted(boundary, from.domain(), domain, day, boundary, name);
    String whole =
        (header + parts).replace("\n", "\r\n")
            + MIME.encodeToString(gzip)
            + "\r\n--"
            + boundary
            + "--\r\n";
    return whole.getBytes(StandardCharsets.UTF_8);
  }
}
