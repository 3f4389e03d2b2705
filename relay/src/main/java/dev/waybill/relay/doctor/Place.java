package dev.waybill.relay.doctor;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.doctor.Diagnosis.Verdict;
import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/// A name of ours under which others come, and the visit to each of its addresses. Immutable.
///
/// @param check what the visit answers
/// @param name as others look it up
/// @param reason why they come
record Place(Check check, DomainName name, String reason) {
  private static final int MAX_ADDRESSES = 4;

  /// Looks the name up and visits its addresses at once. Where one of them is right, others are
  /// only warned of: whoever comes tries the next.
  ///
  /// @param visit what to do at an address that may be connected to
  List<Diagnosis> visited(Examination run, Function<InetAddress, Diagnosis> visit)
      throws InterruptedException, ExecutionException {
    return switch (run.resolver().addresses(name)) {
      case Lookup.Found<InetAddress>(List<InetAddress> addresses) -> {
        List<Callable<Diagnosis>> visits = new ArrayList<>();
        for (InetAddress address :
            addresses.subList(0, Math.min(MAX_ADDRESSES, addresses.size()))) {
          visits.add(
              run.settings().permits().test(address)
                  ? () -> visit.apply(address)
                  : () -> unpublic(address));
        }
        List<Diagnosis> all = run.together(visits);
        boolean oneIsRight = all.stream().anyMatch(each -> each.verdict() == Verdict.PASS);
        yield oneIsRight ? all.stream().map(Diagnosis::softened).toList() : all;
      }
      case Lookup.NoRecord<InetAddress> _ -> List.of(nowhere("The name has no address."));
      case Lookup.NoSuchName<InetAddress> _ -> List.of(nowhere("The name does not exist."));
      case Lookup.NoAnswer<InetAddress>(String why) -> List.of(silent(why));
      case Lookup.Unproven<InetAddress>(String why) -> List.of(silent(why));
    };
  }

  /// The name with one of its addresses.
  String at(InetAddress address) {
    return "%s [%s]".formatted(name, address.getHostAddress());
  }

  private Diagnosis nowhere(String found) {
    return Diagnosis.fail(
            check, name.value(), found, reason, "Publish the address where the relay is reached:")
        .pasting("%s. IN A <address>".formatted(name));
  }

  private Diagnosis silent(String why) {
    return Diagnosis.unknown(check, name.value(), why, reason, "Ask again in a while.");
  }

  private Diagnosis unpublic(InetAddress address) {
    return Diagnosis.fail(
        check,
        at(address),
        "The address is a private one: nobody else can reach it.",
        reason,
        "Publish the public address under which the relay is reached.");
  }
}
