package dev.waybill.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpNetworkTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.8, false",
    "0.0.0.0/0, 203.0.113.1, true",
    "0.0.0.0/0, ::1, false",
    "fd00::/8, fd12::1, true",
    "::1, ::1, true",
    "127.0.0.0/8, ::ffff:127.0.0.1, true",
  })
  void contains(String network, String address, boolean expected) {
    assertThat(IpNetwork.parse(network).orElseThrow().contains(InetAddress.ofLiteral(address)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.1/8",
        "::/129",
        "host.test",
        "10/8/8"
      })
  void refusesWhatIsNoNetwork(String text) {
    assertThat(IpNetwork.parse(text)).isEmpty();
  }

  @Test
  void knowsPrivateAddresses() {
    for (String address :
        new String[] {
          "10.1.2.3",
          "172.31.0.1",
          "192.168.1.1",
          "127.0.0.9",
          "169.254.1.1",
          "100.64.0.1",
          "0.0.0.0",
          "::1",
          "fe80::1",
          "fd00::1",
          "fc12::1"
        }) {
      assertThat(IpNetwork.isPrivate(InetAddress.ofLiteral(address))).as(address).isTrue();
    }
    for (String address :
        new String[] {"203.0.113.1", "100.128.0.1", "172.32.0.1", "2001:db8::1"}) {
      assertThat(IpNetwork.isPrivate(InetAddress.ofLiteral(address))).as(address).isFalse();
    }
  }
}
