package dev.waybill.relay.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.domains.DnsRecord;
import dev.waybill.relay.message.DomainName;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

class SandboxDnsTest {
  private final SandboxZone zone = new SandboxZone();
  private final SandboxDns dns = SandboxDns.start(zone, 0);

  @AfterEach
  void stop() {
    dns.stop();
  }

  @Test
  void leadsMailForAnyDomainToTheInbox() throws IOException {
    Message mx = ask("Customer.EXAMPLE.", Type.MX);
    assertThat(answers(mx)).containsExactly("10 mx.sandbox.test.");
    assertThat(mx.getHeader().getFlag(Flags.AA)).isTrue();
    assertThat(mx.getQuestion().getName()).hasToString("Customer.EXAMPLE.");
    assertThat(answers(ask("mx.sandbox.test.", Type.A))).containsExactly("127.0.0.1");
    assertThat(answers(ask("sandbox.example.", Type.MX))).containsExactly("10 mx.sandbox.test.");
  }

  @Test
  void tellsNoSuchRecordFromNoSuchName() throws IOException {
    Message noRecord = ask("customer.example.", Type.TXT);
    assertThat(noRecord.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(noRecord.getSection(Section.ANSWER)).isEmpty();
    assertThat(noRecord.getSection(Section.AUTHORITY))
        .singleElement()
        .matches(record -> record.getType() == Type.SOA);

    for (String name :
        List.of(
            "send.sandbox.example.",
            "nobody.invalid.",
            "_dmarc.customer.example.",
            "1.0.0.127.in-addr.arpa.")) {
      Message noName = ask(name, Type.MX);
      assertThat(noName.getRcode()).as(name).isEqualTo(Rcode.NXDOMAIN);
      assertThat(noName.getSection(Section.AUTHORITY)).hasSize(1);
    }
  }

  @Test
  void showsWhatIsPublishedAtOnceAndNoLonger() throws IOException {
    DomainName name = DomainName.of("send.sandbox.example");
    zone.publish(
        new DnsRecord(
            "SPF",
            "MX",
            name,
            "send",
            "relay.sandbox.test",
            10,
            true,
            DnsRecord.Status.PENDING,
            ""));
    zone.publish(name, "TXT", "v=spf1 ip4:127.0.0.1 ~all");

    assertThat(answers(ask("send.sandbox.example.", Type.MX)))
        .containsExactly("10 relay.sandbox.test.");
    assertThat(answers(ask("send.sandbox.example.", Type.TXT)))
        .containsExactly("\"v=spf1 ip4:127.0.0.1 ~all\"");

    zone.withdraw(name, "TXT");
    assertThat(ask("send.sandbox.example.", Type.TXT).getRcode()).isEqualTo(Rcode.NOERROR);
    zone.withdraw(name, "MX");
    assertThat(ask("send.sandbox.example.", Type.TXT).getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void knowsNamesThatOnlyHaveNamesBelowThem() throws IOException {
    zone.publish(DomainName.of("wb1._domainkey.sandbox.example"), "TXT", "v=DKIM1; p=");

    assertThat(ask("_domainkey.sandbox.example.", Type.TXT).getRcode()).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void followsAliases() throws IOException {
    zone.publishHost(DomainName.of("tracking.sandbox.test"));
    zone.publish(DomainName.of("links.sandbox.example"), "CNAME", "tracking.sandbox.test");

    assertThat(answers(ask("links.sandbox.example.", Type.A)))
        .containsExactly("tracking.sandbox.test.", "127.0.0.1");
    assertThat(answers(ask("links.sandbox.example.", Type.CNAME)))
        .containsExactly("tracking.sandbox.test.");
  }

  @Test
  void truncatesOverUdpAndAnswersOverTcp() throws IOException {
    String key = "v=DKIM1; k=rsa; p=" + "A".repeat(1500);
    zone.publish(DomainName.of("wb1._domainkey.sandbox.example"), "TXT", key);
    Record question =
        Record.newRecord(Name.fromString("wb1._domainkey.sandbox.example."), Type.TXT, DClass.IN);

    Message overUdp = overUdp(Message.newQuery(question).toWire());
    assertThat(overUdp.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(overUdp.getSection(Section.ANSWER)).isEmpty();
    assertThat(new ReceiverDns(dns.address()).texts("wb1._domainkey.sandbox.example"))
        .containsExactly(key);
  }

  @Test
  void answersBrokenAndUnusualQueries() throws IOException {
    byte[] broken = {1, 2, 1, 0, 0, 9, 0, 0, 0, 0, 0, 0, 63, 1};
    assertThat(overUdp(broken).getRcode()).isEqualTo(Rcode.FORMERR);

    Record transfer = Record.newRecord(Name.fromString("sandbox.example."), Type.AXFR, DClass.IN);
    assertThat(overUdp(Message.newQuery(transfer).toWire()).getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(ask("customer.example.", Type.MX).getRcode()).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void refusesToPublishNonsense() {
    DomainName name = DomainName.of("sandbox.example");
    assertThatThrownBy(() -> zone.publish(name, "MX", "mx.example"))
        .hasMessageContaining("mx.example")
        .hasMessageContaining("expected");
    assertThatThrownBy(() -> zone.publish(name, "SRV", "x")).hasMessageContaining("SRV");
  }

  private Message ask(String name, int type) throws IOException {
    return new SimpleResolver(dns.address())
        .send(Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN)));
  }

  private Message overUdp(byte[] query) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(10_000);
      socket.send(new DatagramPacket(query, query.length, dns.address()));
      DatagramPacket answer = new DatagramPacket(new byte[4096], 4096);
      socket.receive(answer);
      return new Message(Arrays.copyOf(answer.getData(), answer.getLength()));
    }
  }

  private static List<String> answers(Message message) {
    return message.getSection(Section.ANSWER).stream().map(Record::rdataToString).toList();
  }
}
