package dev.waybill.cli.handout;

import dev.waybill.cli.records.DnsRecord;
import java.util.ArrayList;
import java.util.List;

/// The words of a handout, the same in all its shapes. Stateless.
final class Advice {
  private Advice() {}

  /// Something to do or to mind: a few words, then the rest.
  record Point(String title, String text) {}

  /// Who asks, and why.
  static List<String> introduction(Handout handout) {
    String domain = handout.domain();
    if (handout.wanted().isEmpty()) {
      return List.of(
          "You get this because you look after the DNS of %s. Every record that the mail server %s needs there is published. There is nothing to do; please leave them as they are."
              .formatted(domain, handout.relay()));
    }
    return List.of(
        "You get this because you look after the DNS of %s. The mail server %s is going to send mail in the name of %s, and needs %s there. They prove to receivers that this mail is genuine; without them it is refused or filed as spam."
            .formatted(domain, handout.relay(), domain, Handout.count(handout.wanted().size())),
        "They stand on names of their own: your mailboxes, your web site and the records you have stay as they are.");
  }

  /// Why a record is needed, in plain words.
  static String reason(DnsRecord record) {
    return switch (record.purpose() + " " + record.type()) {
      case "SPF MX" ->
          "Mail that cannot be delivered comes back to this name. It is a subdomain of its own:"
              + " mail to your own addresses is not touched.";
      case "SPF TXT" ->
          "Says which servers may send with this return address (SPF). An SPF record of the domain"
              + " itself stays as it is.";
      case "DKIM TXT" ->
          record.required()
              ? "The public key with which receivers check the signature of each message (DKIM)."
                  + " The private key never leaves the mail server."
              : "A further key for signatures (DKIM). Published now, it lets the mail server change"
                  + " its key later without asking you again.";
      case "DMARC TXT" ->
          "Tells receivers what to do with mail that fails these checks, and where to report it"
              + " (DMARC). If there is a record of this name already, keep that one and do not add"
              + " a second.";
      case "Tracking CNAME" ->
          "Lets the links in this mail carry your own name instead of a foreign one.";
      default -> "The mail server looks for this record.";
    };
  }

  /// How much it matters.
  static String need(DnsRecord record) {
    return record.required() ? "required" : "recommended";
  }

  /// The usual traps, only those that these records can fall into.
  static List<Point> traps(Handout handout) {
    List<Point> traps = new ArrayList<>();
    DnsRecord first = handout.wanted().getFirst();
    String domain = handout.domain();
    traps.add(
        new Point(
            "The domain is added twice.",
            "Most panels add %s to the host by themselves: enter %s, as shown under Host. If yours wants the whole name, take Full name. When saved it must read %s and not %s.%s."
                .formatted(domain, first.name(), first.fqdn(), first.fqdn(), domain)));
    if (handout.wanted().stream().anyMatch(record -> !record.seen().isEmpty())) {
      traps.add(
          new Point(
              "Something is there already.",
              "Where Seen now tells of another value of the same kind, change that record instead of"
                  + " adding a second."));
    }
    if (domain.chars().filter(c -> c == '.').count() > 1) {
      traps.add(
          new Point(
              "The zone is a larger one.",
              "The hosts are meant for a zone named %s. If your panel shows a shorter name, add what is missing: take Full name without that ending."
                  .formatted(domain)));
    }
    if (has(handout, "TXT")) {
      traps.add(
          new Point(
              "Quotes and line breaks.",
              "Paste a TXT value as one line, without quotes around it. A line break or a space that"
                  + " slips in makes it worthless."));
    }
    if (handout.wanted().stream().anyMatch(Advice::isLong)) {
      traps.add(
          new Point(
              "Long TXT values.",
              "Some values are longer than 255 characters. Most panels split them by themselves;"
                  + " where yours refuses, take the form in quoted pieces, still as one record."));
    }
    if (has(handout, "CNAME")) {
      traps.add(
          new Point(
              "The proxy.",
              "Where the DNS host offers to proxy a CNAME (an orange cloud at Cloudflare), switch"
                  + " that off: DNS only."));
    }
    if (has(handout, "MX")) {
      traps.add(
          new Point(
              "The priority.",
              "An MX priority has a field of its own; only where there is none it goes in front of"
                  + " the value."));
    }
    return traps;
  }

  /// How to see whether it worked; the second element of each point is a command.
  static List<Point> checks(Handout handout) {
    return handout.wanted().stream()
        .map(record ->
            new Point(
                record.type() + " " + record.fqdn(),
                "dig +short " + record.type() + " " + record.fqdn()))
        .toList();
  }

  /// What comes before the commands.
  static String checking() {
    return "Records show within minutes, at most after the time to live of an older answer. Each"
        + " of these commands must print the value above (on Windows: nslookup -type=TXT NAME):";
  }

  /// What happens afterwards.
  static String afterwards(Handout handout) {
    return "The mail server looks by itself and begins to send when the required records of %s are there. Please tell whoever sent you this when you are done, or when something does not fit."
        .formatted(handout.domain());
  }

  /// Whether a value is longer than one string of a TXT record.
  static boolean isLong(DnsRecord record) {
    return record.type().equals("TXT") && record.strings().size() > 1;
  }

  private static boolean has(Handout handout, String type) {
    return handout.wanted().stream().anyMatch(record -> record.type().equals(type));
  }
}
