package dev.waybill.relay.doctor;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.xbill.DNS.ReverseMap;

/// Whether an address has a name that leads back to it: forward-confirmed reverse DNS. Stateless
/// but for its run.
final class ReverseNameCheck {
  /// Receivers look at a few names only; an address with more has them from somebody careless.
  private static final int MAX_NAMES = 5;

  private static final String REASON =
      "Gmail and Yahoo require a name for each sending address (PTR), and Gmail that it leads back"
          + " to the address: it refuses with 550 5.7.25.";

  private final Examination run;

  ReverseNameCheck(Examination run) {
    this.run = run;
  }

  Diagnosis of(Source source) {
    return switch (run.resolver().names(source.address())) {
      case Lookup.Found<DomainName>(List<DomainName> names) -> confirm(source, names);
      case Lookup.NoRecord<DomainName> _ -> nameless(source);
      case Lookup.NoSuchName<DomainName> _ -> nameless(source);
      case Lookup.NoAnswer<DomainName>(String why) -> silent(source, why);
      case Lookup.Unproven<DomainName>(String why) -> silent(source, why);
    };
  }

  private Diagnosis confirm(Source source, List<DomainName> names) {
    List<String> silent = new ArrayList<>();
    for (DomainName name : names.subList(0, Math.min(MAX_NAMES, names.size()))) {
      switch (run.resolver().addresses(name)) {
        case Lookup.Found<InetAddress>(List<InetAddress> addresses)
            when addresses.contains(source.address()) -> {
          return named(source, name);
        }
        case Lookup.NoAnswer<InetAddress>(String why) -> silent.add(why);
        case Lookup.Unproven<InetAddress>(String why) -> silent.add(why);
        case Lookup.Found<InetAddress> _ -> {}
        case Lookup.NoRecord<InetAddress> _ -> {}
        case Lookup.NoSuchName<InetAddress> _ -> {}
      }
    }
    String all = names.stream().map(DomainName::value).collect(Collectors.joining(", "));
    if (!silent.isEmpty()) {
      return silent(source, "The name is %s; %s".formatted(all, silent.getFirst()));
    }
    DomainName first = names.getFirst();
    return Diagnosis.fail(
            Check.PTR,
            source.text(),
            "The name is %s, which does not lead back to %s.".formatted(all, source.text()),
            REASON,
            "Publish the address under that name, or have the address's provider change the name to"
                + " "
                + source.heloName()
                + ".")
        .pasting(forward(first, source));
  }

  private static Diagnosis silent(Source source, String why) {
    return Diagnosis.unknown(Check.PTR, source.text(), why, REASON, "Ask again in a while.");
  }

  private Diagnosis named(Source source, DomainName name) {
    String found = "%s, which leads back.".formatted(name);
    return GenericName.is(name, source.address())
        ? Diagnosis.warn(
                Check.PTR,
                source.text(),
                found + " The name looks like one that a provider gives to any of its customers.",
                "Receivers trust such names less, and some refuse them.",
                "Have the address's provider (in its panel: reverse DNS) change the name to %s."
                    .formatted(source.heloName()))
            .pasting(reverse(source))
        : Diagnosis.pass(Check.PTR, source.text(), found, REASON);
  }

  private Diagnosis nameless(Source source) {
    return Diagnosis.fail(
            Check.PTR,
            source.text(),
            "The address has no name.",
            REASON,
            "Have the address's provider (in its panel: reverse DNS) set its name to %s."
                .formatted(source.heloName()))
        .pasting(reverse(source));
  }

  private String reverse(Source source) {
    return "%s IN PTR %s.".formatted(ReverseMap.fromAddress(source.address()), source.heloName());
  }

  private static String forward(DomainName name, Source source) {
    String type = source.address().getAddress().length == 4 ? "A" : "AAAA";
    return "%s. IN %s %s".formatted(name, type, source.text());
  }
}
