package dev.waybill.relay.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenericNameTest {
  @ParameterizedTest
  @CsvSource({
    "ec2-198-51-100-7.compute-1.example, 198.51.100.7",
    "static.7.100.51.198.clients.example, 198.51.100.7",
    "vps-c6336407.host.example, 198.51.100.7",
    "host198051100007.example, 198.51.100.7",
    "7-100-51.pool.example, 198.51.100.7",
    "mail.dyn.example, 198.51.100.7",
    "adsl-17.example, 198.51.100.7",
    "2001-db8-0-1-a1b2-c3d4-e5f6-0789.v6.example, 2001:db8:0:1:a1b2:c3d4:e5f6:789"
  })
  void knowsNamesMadeFromAddresses(String name, String address) {
    assertThat(GenericName.is(DomainName.of(name), InetAddress.ofLiteral(address))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "relay.example, 198.51.100.7",
    "mx7.mail100.example, 198.51.100.7",
    "out-51-100.example, 198.51.100.7",
    "dynamics.example, 198.51.100.7",
    "relay.example, 2001:db8::1",
    "mail1.example, 2001:db8::1"
  })
  void leavesNamesOfTheirOwnAlone(String name, String address) {
    assertThat(GenericName.is(DomainName.of(name), InetAddress.ofLiteral(address))).isFalse();
  }
}
