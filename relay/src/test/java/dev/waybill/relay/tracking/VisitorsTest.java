package dev.waybill.relay.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.http.Headers;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Target;
import dev.waybill.relay.smtp.IpNetwork;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisitorsTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final List<IpNetwork> PROXIES =
      List.of(IpNetwork.of("10.0.0.0/8"), IpNetwork.of("::1"));

  @ParameterizedTest
  @CsvSource({
    "FULL, 192.0.2.77, 192.0.2.77",
    "TRUNCATED, 192.0.2.77, 192.0.2.0",
    "FULL, 2001:db8:1:2:3:4:5:6, 2001:db8:1:2:3:4:5:6",
    "TRUNCATED, 2001:db8:1:2:3:4:5:6, 2001:db8:1:0:0:0:0:0",
    "TRUNCATED, ::ffff:192.0.2.77, 192.0.2.0",
  })
  void keepsAsMuchAsItMay(Privacy privacy, String from, String kept) {
    assertThat(see(privacy, from, NOON, List.of()).address()).isEqualTo(kept);
  }

  @Test
  void tellsOnlyVisitorsOfOneDayApartByTheirHash() {
    Visitors visitors = visitors(Privacy.HASHED);
    Visit one = visitors.see(request("192.0.2.1", List.of()), NOON, false);
    Visit again = visitors.see(request("192.0.2.1", List.of()), NOON.plusSeconds(60), false);
    Visit other = visitors.see(request("192.0.2.2", List.of()), NOON, false);
    Visit tomorrow = visitors.see(request("192.0.2.1", List.of()), NOON.plusSeconds(86_400), false);

    assertThat(one.hashed()).isTrue();
    assertThat(one.address()).matches("[0-9a-f]{32}").isEqualTo(again.address());
    assertThat(List.of(other.address(), tomorrow.address())).doesNotContain(one.address());
    assertThat(see(Privacy.HASHED, "192.0.2.1", NOON, List.of()).address()).hasSize(32);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.1 | 192.0.2.7 | 192.0.2.7",
        "10.0.0.1 | 198.51.100.1, 192.0.2.7 | 192.0.2.7",
        "10.0.0.1 | 198.51.100.1, 192.0.2.7, 10.1.1.1 | 192.0.2.7",
        "10.0.0.1 | 192.0.2.7:4711 | 192.0.2.7",
        "10.0.0.1 | [2001:db8::7]:4711 | 2001:db8:0:0:0:0:0:7",
        "10.0.0.1 | 2001:db8::7 | 2001:db8:0:0:0:0:0:7",
        "::1 | 192.0.2.7 | 192.0.2.7",
        "10.0.0.1 | 10.0.0.9 | 10.0.0.9",
        // unreadable: as far as the last proxy that said something
        "10.0.0.1 | 192.0.2.7, unknown | 10.0.0.1",
        "10.0.0.1 | 192.0.2.7, , 10.0.0.9 | 10.0.0.9",
        "10.0.0.1 | localhost | 10.0.0.1",
        "10.0.0.1 | fe80::1%eth0 | 10.0.0.1",
        "10.0.0.1 | [ | 10.0.0.1",
        // nobody whom we trust
        "192.0.2.66 | 198.51.100.1 | 192.0.2.66",
      })
  void believesOnlyItsProxies(String from, String forwarded, String client) {
    assertThat(see(Privacy.FULL, from, NOON, List.of(forwarded)).address()).isEqualTo(client);
  }

  @Test
  void looksThroughAFewProxiesOnly() {
    String hops = "192.0.2.7" + ", 10.0.0.1".repeat(5_000);

    assertThat(see(Privacy.FULL, "10.0.0.1", NOON, List.of(hops)).address()).isEqualTo("10.0.0.1");
    assertThat(see(Privacy.FULL, "10.0.0.1", NOON, List.of("192.0.2.7", "10.0.0.2")).address())
        .isEqualTo("192.0.2.7");
    assertThat(see(Privacy.FULL, "10.0.0.1", NOON, List.of()).address()).isEqualTo("10.0.0.1");
  }

  private static Visit see(Privacy privacy, String from, Instant now, List<String> forwarded) {
    return visitors(privacy).see(request(from, forwarded), now, false);
  }

  private static Visitors visitors(Privacy privacy) {
    return new Visitors(privacy, PROXIES, new Random(1));
  }

  private static Request request(String from, List<String> forwarded) {
    return new Request(
        "GET",
        Target.parse("/c/x").orElseThrow(),
        new Headers(forwarded.isEmpty() ? Map.of() : Map.of("x-forwarded-for", forwarded)),
        new byte[0],
        InetAddress.ofLiteral(from),
        Map.of());
  }
}
