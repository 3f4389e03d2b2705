package dev.waybill.relay.dmarc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class OwnSourcesTest {
  @Test
  void knowsNetworksNamesAndLocalAddresses() {
    OwnSources own =
        new OwnSources(
            List.of("ip4:192.0.2.0/28", "+ip6:2001:db8::/32", "a:relay.example", "include:x.test"),
            List.of(InetAddress.ofLiteral("10.0.0.7")),
            name ->
                name.value().equals("relay.example")
                    ? List.of(InetAddress.ofLiteral("198.51.100.9"))
                    : List.of());

    Predicate<String> isOurs = own.look().orElseThrow();

    assertThat(List.of("192.0.2.15", "2001:db8:1::5", "198.51.100.9", "10.0.0.7")).allMatch(isOurs);
    assertThat(List.of("192.0.2.16", "2001:db9::1", "198.51.100.8")).noneMatch(isOurs);
  }

  @Test
  void saysWhereItKnowsNone() {
    assertThat(
            new OwnSources(List.of("include:x.test", "a:gone.test"), List.of(), _ -> List.of())
                .look())
        .isEmpty();
  }
}
