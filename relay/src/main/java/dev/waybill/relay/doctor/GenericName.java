package dev.waybill.relay.doctor;

import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// Tells names that a provider makes from the address, such as `static.7.100.51.198.host.example`.
/// Stateless; any thread.
final class GenericName {
  private static final Set<String> WORDS =
      Set.of("dyn", "dynamic", "dhcp", "dsl", "adsl", "vdsl", "dialup", "ppp", "pppoe", "cable");

  /// How many of the four numbers of an address in a row are no accident.
  private static final int TELLING = 3;

  /// The digits of the lower half of an IPv6 address.
  private static final int HALF = 16;

  private GenericName() {}

  static boolean is(DomainName name, InetAddress address) {
    String text = name.value();
    return Arrays.stream(text.split("[^a-z]+", -1)).anyMatch(WORDS::contains)
        || (address.getAddress().length == 4
            ? holdsNumbers(text, address.getAddress())
            : holdsDigits(text, address.getAddress()));
  }

  private static boolean holdsNumbers(String text, byte[] address) {
    List<String> numbers = new ArrayList<>();
    StringBuilder padded = new StringBuilder();
    for (byte octet : address) {
      numbers.add(Integer.toString(octet & 0xFF));
      padded.append("%03d".formatted(octet & 0xFF));
    }
    if (text.contains(HexFormat.of().formatHex(address)) || text.contains(padded)) {
      return true;
    }
    List<String> found =
        Arrays.stream(text.split("\\D+", -1)).filter(digits -> !digits.isEmpty()).toList();
    for (int at = 0; at + TELLING <= numbers.size(); at++) {
      List<String> run = new ArrayList<>(numbers.subList(at, at + TELLING));
      if (Collections.indexOfSubList(found, run) >= 0
          || Collections.indexOfSubList(found, run.reversed()) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean holdsDigits(String text, byte[] address) {
    String digits = HexFormat.of().formatHex(address);
    String half = digits.substring(HALF);
    String bare = text.replaceAll("[.-]", "");
    boolean telling = !half.matches("0{10,}.*");
    return telling
        && (bare.contains(half) || bare.contains(new StringBuilder(half).reverse().toString()));
  }
}
