package dev.waybill.relay.tracking;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Tells programs that fetch links on their own from people who follow them.
///
/// Any thread may use it. The fragments of user agents stand in the data file `machines.txt`, below
/// the reason that they are. All of it is a guess: nothing is dropped for it.
final class Machines {
  private static final String APPLE = "mozilla/5.0";
  private static final int REMEMBERED = 1_000;

  private record Fragment(String text, MachineReason reason) {}

  private final List<Fragment> fragments;
  private final Cache<String, Optional<MachineReason>> agents =
      Caffeine.newBuilder().maximumSize(REMEMBERED).build();

  private Machines(List<Fragment> fragments) {
    this.fragments = List.copyOf(fragments);
  }

  /// @throws UncheckedIOException when the data file is not where the program was built with it
  static Machines load() {
    try (InputStream data = Machines.class.getResourceAsStream("machines.txt")) {
      if (data == null) {
        throw new IOException("machines.txt is missing beside Machines.class");
      }
      return new Machines(
          read(new BufferedReader(new InputStreamReader(data, StandardCharsets.US_ASCII))));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<Fragment> read(BufferedReader data) throws IOException {
    List<Fragment> fragments = new ArrayList<>();
    Optional<MachineReason> reason = Optional.empty();
    for (String line = data.readLine(); line != null; line = data.readLine()) {
      String text = line.strip();
      if (text.startsWith("[") && text.endsWith("]")) {
        reason = MachineReason.parse(text.substring(1, text.length() - 1));
      } else if (!text.isEmpty() && !text.startsWith("#")) {
        fragments.add(
            new Fragment(
                text.toLowerCase(Locale.ROOT),
                reason.orElseThrow(
                    () -> new IOException("machines.txt: no known reason stands above " + text))));
      }
    }
    return fragments;
  }

  /// Why nobody is looking; empty when somebody may be.
  Optional<MachineReason> reason(Visit visit) {
    return visit.telling() != null
        ? Optional.of(visit.telling())
        : agents.get(visit.userAgent(), this::byAgent);
  }

  private Optional<MachineReason> byAgent(String userAgent) {
    String agent = userAgent.strip().toLowerCase(Locale.ROOT);
    if (agent.isEmpty()) {
      return Optional.of(MachineReason.NO_USER_AGENT);
    }
    if (agent.equals(APPLE)) {
      return Optional.of(MachineReason.APPLE_PRIVACY_PROXY);
    }
    return fragments.stream()
        .filter(fragment -> agent.contains(fragment.text()))
        .findFirst()
        .map(Fragment::reason);
  }
}
