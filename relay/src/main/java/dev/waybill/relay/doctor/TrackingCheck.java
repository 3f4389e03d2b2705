package dev.waybill.relay.doctor;

import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.tokens.Tokens;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/// Whether the links of the domain's mail lead to this relay. Stateless but for its run.
///
/// The proof is the page of an unsubscribe link for a recipient that never was: the link is sealed,
/// so only a relay with these keys can show the recipient's name. Looking at the page changes
/// nothing and is recorded nowhere.
final class TrackingCheck {
  private static final String REASON =
      "Links, pictures and one-click unsubscribing lead there; Gmail and Yahoo require the latter of"
          + " marketing mail, over https (RFC 8058 §3.1).";

  private final Examination run;

  TrackingCheck(Examination run) {
    this.run = run;
  }

  List<Diagnosis> of(SendingDomain domain) throws InterruptedException, ExecutionException {
    URI base = base(domain);
    String recipient = "doctor-" + run.instruments().ids().next();
    URI link = link(base, domain, new EmailAddress(recipient, domain.name()));
    Optional<InetAddress> literal = literal(base.getHost());
    if (literal.isPresent()) {
      return List.of(visit(base.getHost(), link, recipient, literal.get()));
    }
    Place place = new Place(Check.TRACKING, DomainName.of(base.getHost()), REASON);
    return place.visited(run, at -> visit(place.at(at), link, recipient, at));
  }

  private Diagnosis visit(String subject, URI link, String recipient, InetAddress at) {
    return judge(
        subject,
        link,
        recipient,
        WebVisit.get(link, at, run.instruments().web().get(), run.settings().step()));
  }

  /// An address without a name, which the operator may have configured.
  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException name) {
      return Optional.empty();
    }
  }

  /// As the domain's copies have it.
  private URI base(SendingDomain domain) {
    String label = domain.trackingSubdomain();
    return label == null
        ? run.settings().trackingBase()
        : URI.create("https://" + domain.name().child(label));
  }

  private URI link(URI base, SendingDomain domain, EmailAddress recipient) {
    UUID id = run.instruments().ids().next();
    String token =
        run.instruments()
            .tokens()
            .unsubscribe(
                new Tokens.Unsubscribe(
                    new DeliveryKey(id, 0), domain.id(), recipient, Stream.MARKETING.name()));
    String text = base.toASCIIString();
    return URI.create(
        (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + "/u/" + token);
  }

  private static Diagnosis judge(String subject, URI link, String recipient, WebVisit visit) {
    String site = link.getScheme() + "://" + link.getRawAuthority();
    return switch (visit) {
      case WebVisit.Answered(int status, _, _, String body)
          when status == 200 && body.contains(recipient) ->
          ours(subject, link);
      case WebVisit.Answered(int status, String location, String server, _) ->
          Diagnosis.fail(
              Check.TRACKING,
              subject,
              "Another server answers %s%s: %s."
                  .formatted(
                      site,
                      server.isEmpty() ? "" : " (" + server + ")",
                      location.isEmpty() ? "status " + status : "it redirects to " + location),
              REASON,
              "Lead the name to tracking.listen of this relay: a proxy must pass every path on, with"
                  + " the Host field, and answer nothing by itself.");
      case WebVisit.Closed() ->
          Diagnosis.fail(
              Check.TRACKING,
              subject,
              "The port of %s is closed.".formatted(site),
              REASON,
              "Let a web server with a certificate for the name pass https on to tracking.listen.");
      case WebVisit.Untrusted(String why) ->
          Diagnosis.fail(
                  Check.TRACKING,
                  subject,
                  "The certificate of %s is not valid for it: %s.".formatted(site, why),
                  REASON,
                  "Give the web server in front of tracking.listen a certificate for the name:")
              .pasting("certbot certonly -d " + link.getHost());
      case WebVisit.Silent(String why) ->
          Diagnosis.unknown(
              Check.TRACKING,
              subject,
              "%s does not answer: %s.".formatted(site, why),
              REASON,
              "Try from a machine elsewhere: some routers do not lead a public address back inside."
                  + " Where it is silent there too, open the port in the firewall.");
    };
  }

  private static Diagnosis ours(String subject, URI link) {
    return "https".equalsIgnoreCase(link.getScheme())
        ? Diagnosis.pass(
            Check.TRACKING,
            subject,
            "This relay answers there, with a certificate that is valid for the name.",
            REASON)
        : Diagnosis.warn(
                Check.TRACKING,
                subject,
                "This relay answers there, over http as tracking.url says.",
                REASON,
                "Put a web server with a certificate in front of tracking.listen, and then set:")
            .pasting("tracking:\n  url: https://" + link.getHost());
  }
}
