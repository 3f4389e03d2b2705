package dev.waybill.relay.doctor;

import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.smtp.ClientSession;
import dev.waybill.relay.smtp.Opening;
import dev.waybill.relay.smtp.Reply;
import dev.waybill.relay.smtp.Stage;
import dev.waybill.relay.smtp.TlsPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/// Whether the feedback door answers where the return path's MX leads. Stateless but for its run.
///
/// A host's name in a greeting proves nothing, since anybody may say it. The proof is a pair of
/// recipients, one with an authentic token of a delivery that never was and one with the same token
/// altered: only a door with this relay's keys takes the one and refuses the other. No message is
/// sent.
final class FeedbackCheck {
  private static final String REASON =
      "Bounces, complaints and unsubscribe mail come to port 25 of the return path's MX (RFC 5321"
          + " §5.1).";

  private final Examination run;

  FeedbackCheck(Examination run) {
    this.run = run;
  }

  List<Diagnosis> of(SendingDomain domain) throws InterruptedException, ExecutionException {
    Place place = new Place(Check.FEEDBACK, run.settings().feedbackHost(), REASON);
    return place.visited(run, address -> visit(place, address, domain));
  }

  private Diagnosis visit(Place place, InetAddress address, SendingDomain domain) {
    InetSocketAddress door = new InetSocketAddress(address, run.settings().mailPort());
    String subject = place.at(address);
    return switch (run.smtp().open(place.name().value(), door, Optional.empty(), TlsPolicy.CLEAR)) {
      case Opening.Ready(ClientSession session) -> {
        try (session) {
          yield ask(subject, session, domain);
        } catch (IOException silence) {
          yield silent(subject, String.valueOf(silence.getMessage()));
        }
      }
      case Opening.Failed(Stage stage, String why, _)
          when stage == Stage.CONNECT && why.contains("refused") ->
          closed(subject);
      case Opening.Failed(Stage stage, String why, _)
          when stage != Stage.CONNECT && why.matches("(?s)[^:]*: [45]\\d\\d .*") ->
          foreign(subject, "It answers: %s.".formatted(why));
      case Opening.Failed(_, String why, _) -> silent(subject, why);
    };
  }

  private Diagnosis ask(String subject, ClientSession session, SendingDomain domain)
      throws IOException {
    String token =
        run.instruments().tokens().returnPath(new DeliveryKey(run.instruments().ids().next(), 0));
    Reply ours = session.wouldTake(address(token, domain));
    Reply forged = session.wouldTake(address(altered(token), domain));
    String greeting = session.greeting().text();
    if (ours.isPositive() && forged.isPermanent()) {
      return Diagnosis.pass(
          Check.FEEDBACK,
          subject,
          "This relay's door answers there: it takes a bounce of its own and refuses a forged one.",
          REASON);
    }
    if (ours.isTemporary()) {
      return silent(subject, "RCPT: " + ours.text());
    }
    return foreign(
        subject,
        ours.isPositive()
            ? "Another server answers there (%s): it takes any address.".formatted(greeting)
            : "Another server answers there (%s): it does not know this relay's bounces (%s)."
                .formatted(greeting, ours.text()));
  }

  private static EmailAddress address(String token, SendingDomain domain) {
    return new EmailAddress("bounces+" + token, domain.returnPathDomain());
  }

  private static String altered(String token) {
    int middle = token.length() / 2;
    char other = token.charAt(middle) == 'a' ? 'b' : 'a';
    return token.substring(0, middle) + other + token.substring(middle + 1);
  }

  private Diagnosis closed(String subject) {
    int port = run.settings().mailPort();
    int door = run.settings().feedbackPort().getAsInt();
    String found = "Port %d is closed, as far as this machine sees.".formatted(port);
    if (port == door) {
      return Diagnosis.fail(
          Check.FEEDBACK,
          subject,
          found,
          REASON,
          "The feedback door listens on this port, but not at this address: correct feedback.listen,"
              + " or the address of the name.");
    }
    return Diagnosis.fail(
            Check.FEEDBACK,
            subject,
            found,
            REASON,
            "Lead port %d of this address to the feedback door, which listens on port %d; in Docker with -p %d:%d."
                    .formatted(port, door, port, door)
                + " Elsewhere, with root's rights (the second line is for this machine itself, which"
                + " sees no redirection of what comes from outside):")
        .pasting(
            redirection("PREROUTING", port, door) + "\n" + redirection("OUTPUT -o lo", port, door));
  }

  private static String redirection(String chain, int port, int door) {
    return "iptables -t nat -A %s -p tcp --dport %d -j REDIRECT --to-ports %d"
        .formatted(chain, port, door);
  }

  private Diagnosis foreign(String subject, String found) {
    return Diagnosis.fail(
        Check.FEEDBACK,
        subject,
        found,
        REASON,
        "Lead port %d of this address to the feedback door, which listens on port %d, or set domains.feedback-host to a name that leads to it."
                .formatted(run.settings().mailPort(), run.settings().feedbackPort().getAsInt())
            + " Where the other server must stay, have it pass mail of the return paths on to that"
            + " port.");
  }

  private Diagnosis silent(String subject, String why) {
    return Diagnosis.unknown(
        Check.FEEDBACK,
        subject,
        why,
        REASON,
        "Try from a machine elsewhere: some routers do not lead a public address back inside."
            + " Where it is silent there too, open port %d in the firewall."
                .formatted(run.settings().mailPort()));
  }
}
