package dev.waybill.relay.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {
  private final List<DomainName> domains =
      new CopyOnWriteArrayList<>(List.of(DomainName.of("shop.example")));
  private volatile Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private final Hosts hosts = new Hosts(Set.of("track.relay.test"), () -> domains, () -> now);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "track.relay.test",
        "track.relay.test.",
        "links.shop.example",
        "links.shop.example.",
        "old.shop.example",
        "shop.example",
        "localhost",
        "127.0.0.1",
        "[::1]",
        ""
      })
  void answersForItsOwn(String host) {
    assertThat(hosts.isOurs(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "example",
        "notshop.example",
        "a.track.relay.test",
        "relay.test",
        "shop.example.evil.test",
        "xn--bcher-kva.example"
      })
  void answersForNobodyElse(String host) {
    assertThat(hosts.isOurs(host)).isFalse();
  }

  @Test
  void learnsOfNewDomains() {
    domains.add(DomainName.of("new.example"));
    assertThat(hosts.isOurs("links.new.example")).isFalse();

    now = now.plusSeconds(6);
    assertThat(hosts.isOurs("links.new.example")).isTrue();
  }
}
