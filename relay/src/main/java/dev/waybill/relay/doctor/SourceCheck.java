package dev.waybill.relay.doctor;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.SourcePools;
import dev.waybill.relay.sources.WarmUp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// From which addresses receivers see mail come. Confined to its run's thread.
///
/// The configured ones, or else those that the routing table would pick. Behind NAT neither is what
/// receivers see; then the public addresses of the relay's own name stand for them, and it is said
/// so.
final class SourceCheck {
  private static final String REASON =
      "Receivers know a sender by its address first: names, SPF and reputation hang on it.";

  /// Addresses that belong to nobody (RFC 5737, RFC 3849): their route is the one to everybody.
  private static final InetAddress ANYWHERE_4 = InetAddress.ofLiteral("192.0.2.1");

  private static final InetAddress ANYWHERE_6 = InetAddress.ofLiteral("2001:db8::1");

  /// What was found.
  ///
  /// @param seen what receivers see, as far as it is known
  /// @param locals what to connect from
  record Sources(List<Source> seen, List<Local> locals, List<Diagnosis> diagnoses) {
    Sources {
      seen = List.copyOf(seen);
      locals = List.copyOf(locals);
      diagnoses = List.copyOf(diagnoses);
    }
  }

  /// A local address to connect from.
  ///
  /// @param address empty leaves it to the system
  record Local(Optional<InetAddress> address, String heloName) {}

  private final Examination run;
  private final List<Source> seen = new ArrayList<>();
  private final List<Diagnosis> diagnoses = new ArrayList<>();

  SourceCheck(Examination run) {
    this.run = run;
  }

  /// Looks at the machine, and behind NAT into the DNS; it ends within one step.
  Sources find() {
    SourcePools pools = run.settings().sources();
    String usual = run.settings().heloName();
    List<Source> own = new ArrayList<>();
    List<Local> locals = new ArrayList<>();
    for (SourceAddress source : pools.addresses()) {
      own.add(new Source(source.address(), configuredAt(source), source.heloName()));
      locals.add(new Local(Optional.of(source.address()), source.heloName()));
    }
    if (pools.of(SourcePools.DEFAULT).isEmpty()) {
      routed().stream()
          .filter(address -> own.stream().noneMatch(known -> known.address().equals(address)))
          .forEach(address -> own.add(new Source(address, "the system's choice", usual)));
      locals.add(new Local(Optional.empty(), usual));
    }
    List<Source> hidden = new ArrayList<>();
    for (Source source : own) {
      InetAddress address = source.address();
      if (!isOfThisMachine(address)) {
        diagnoses.add(absent(source));
        seen.add(source);
      } else if (run.settings().permits().test(address)) {
        seen.add(source);
        diagnoses.add(
            Diagnosis.pass(
                Check.SOURCE,
                source.text(),
                "Mail leaves from here (%s).".formatted(source.origin()),
                REASON));
      } else {
        hidden.add(source);
      }
    }
    if (!hidden.isEmpty() || own.isEmpty()) {
      addressesOfTheName(hidden);
    }
    return new Sources(seen, locals, diagnoses);
  }

  private void addressesOfTheName(List<Source> hidden) {
    String name = run.settings().hostname().value();
    String hiddenText =
        hidden.isEmpty()
            ? "This machine has no route to the Internet."
            : hidden.stream().map(Source::text).collect(Collectors.joining(", "))
                + (hidden.size() == 1 ? " is" : " are")
                + " private: NAT puts another address in its place, which cannot be seen from"
                + " here.";
    List<Source> assumed = new ArrayList<>();
    String silence = "";
    Lookup<InetAddress> lookup = run.resolver().addresses(run.settings().hostname());
    if (lookup instanceof Lookup.Found<InetAddress>(List<InetAddress> addresses)) {
      addresses.stream()
          .filter(run.settings().permits())
          .filter(address -> seen.stream().noneMatch(known -> known.address().equals(address)))
          .forEach(address ->
              assumed.add(
                  new Source(address, "the address of " + name, run.settings().heloName())));
    } else if (lookup instanceof Lookup.NoAnswer<InetAddress>(String why)) {
      silence = " " + why;
    }
    seen.addAll(assumed);
    diagnoses.add(
        Diagnosis.unknown(
            Check.SOURCE,
            hidden.isEmpty() ? name : hidden.getFirst().text(),
            hiddenText
                + (assumed.isEmpty()
                    ? " %s has no public address that could stand for it.".formatted(name) + silence
                    : " The address of %s stands for it: %s."
                        .formatted(
                            name,
                            assumed.stream().map(Source::text).collect(Collectors.joining(", ")))),
            REASON,
            "Send a message to a mailbox elsewhere and compare the address in its topmost Received"
                + " field. Where it is another one, correct the A and AAAA records of "
                + name
                + "."));
  }

  private static String configuredAt(SourceAddress source) {
    String pool =
        source.pool().equals(SourcePools.DEFAULT) ? "as configured" : "pool " + source.pool();
    WarmUp warmUp = source.warmUp();
    return warmUp == null ? pool : pool + ", warm-up since " + warmUp.begins();
  }

  private static Diagnosis absent(Source source) {
    return Diagnosis.fail(
        Check.SOURCE,
        source.text(),
        "No interface of this machine has this address (%s), so no connection can be opened from it."
            .formatted(source.origin()),
        REASON,
        "Give the address to an interface, or take it out of the configuration. Behind NAT,"
            + " name the private address there.");
  }

  /// Connecting a datagram socket asks the routing table and sends nothing.
  private static List<InetAddress> routed() {
    List<InetAddress> addresses = new ArrayList<>();
    localEnd(StandardProtocolFamily.INET, ANYWHERE_4).ifPresent(addresses::add);
    localEnd(StandardProtocolFamily.INET6, ANYWHERE_6).ifPresent(addresses::add);
    return addresses;
  }

  private static Optional<InetAddress> localEnd(ProtocolFamily family, InetAddress anywhere) {
    try (DatagramChannel probe = DatagramChannel.open(family)) {
      probe.connect(new InetSocketAddress(anywhere, 25));
      return probe.getLocalAddress() instanceof InetSocketAddress local
          ? Optional.of(local.getAddress())
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException noRoute) {
      return Optional.empty();
    }
  }

  private static boolean isOfThisMachine(InetAddress address) {
    try {
      // all of 127.0.0.0/8 is, and no interface lists it
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException unknown) {
      return true;
    }
  }
}
