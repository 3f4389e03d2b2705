package dev.waybill.relay.doctor;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Whether the name in EHLO is one that receivers believe. Stateless but for its run.
final class HeloCheck {
  private static final String REASON =
      "RFC 5321 §2.3.5 asks for the client's full name, one that exists in the DNS; receivers refuse"
          + " or distrust others.";

  /// Names that mean something in one house only.
  private static final Set<String> HOUSE_NAMES =
      Set.of("localhost", "localdomain", "local", "internal", "lan", "home", "corp", "invalid");

  private final Examination run;
  private final String helo;

  HeloCheck(Examination run, String helo) {
    this.run = run;
    this.helo = helo;
  }

  /// @param sources the addresses from which it is said, as far as they are known
  Diagnosis of(List<Source> sources) {
    DomainName name = DomainName.of(helo);
    String last = helo.substring(helo.lastIndexOf('.') + 1);
    if (last.chars().allMatch(Character::isDigit)) {
      return unfit("It is an address and no name.");
    }
    if (last.equals(helo) || HOUSE_NAMES.contains(last)) {
      return unfit("It is no full name that means something elsewhere.");
    }
    return switch (run.resolver().addresses(name)) {
      case Lookup.Found<InetAddress>(List<InetAddress> addresses) -> judge(addresses, sources);
      case Lookup.NoRecord<InetAddress> _ -> unfit("It has no address.");
      case Lookup.NoSuchName<InetAddress> _ -> unfit("It does not exist in the DNS.");
      case Lookup.NoAnswer<InetAddress>(String why) -> silent(why);
      case Lookup.Unproven<InetAddress>(String why) -> silent(why);
    };
  }

  private Diagnosis judge(List<InetAddress> addresses, List<Source> sources) {
    List<Source> others =
        sources.stream().filter(source -> !addresses.contains(source.address())).toList();
    String leads =
        addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
    if (others.isEmpty()) {
      return Diagnosis.pass(Check.HELO, helo, "It leads to %s.".formatted(leads), REASON);
    }
    return Diagnosis.warn(
            Check.HELO,
            helo,
            "It leads to %s and not to %s, which mail leaves from."
                .formatted(
                    leads, others.stream().map(Source::text).collect(Collectors.joining(", "))),
            REASON,
            "Publish the addresses that mail leaves from under the name.")
        .pasting(
            others.stream()
                .map(source ->
                    "%s. IN %s %s"
                        .formatted(
                            helo,
                            source.address().getAddress().length == 4 ? "A" : "AAAA",
                            source.text()))
                .collect(Collectors.joining("\n")));
  }

  private Diagnosis silent(String why) {
    return Diagnosis.unknown(Check.HELO, helo, why, REASON, "Ask again in a while.");
  }

  private Diagnosis unfit(String found) {
    return Diagnosis.fail(
            Check.HELO,
            helo,
            found,
            REASON,
            "Set hostname (or delivery.helo, or helo of a source of its own) to the full public name of this host, and publish its"
                + " address.")
        .pasting("delivery:\n  helo: relay.example.com");
  }
}
