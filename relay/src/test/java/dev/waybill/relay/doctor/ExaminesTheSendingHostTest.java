package dev.waybill.relay.doctor;

import static dev.waybill.relay.doctor.DoctorFixture.LOOPBACK;
import static dev.waybill.relay.doctor.DoctorFixture.from;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.waybill.relay.doctor.Diagnosis.Verdict;
import dev.waybill.relay.smtp.IpNetwork;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.WarmUp;
import dev.waybill.relay.sources.WarmUpSchedule;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;

class ExaminesTheSendingHostTest {
  @TempDir Path folder;
  private DoctorFixture relay;

  @BeforeEach
  void start() throws Exception {
    relay = new DoctorFixture(folder);
  }

  @AfterEach
  void stop() throws IOException {
    relay.close();
  }

  @Test
  void findsNothingWrongWhereNothingIs() throws Exception {
    relay.microsoft.always("BANNER", "220 mx.outlook.com ready at " + date(Duration.ZERO));

    Report report = relay.examine();

    assertThat(report.diagnoses())
        .filteredOn(each -> each.verdict() != Verdict.PASS)
        .extracting(Diagnosis::check)
        .containsExactly(Check.TRACKING, Check.CERTIFICATE);
    assertThat(report.verdict()).isEqualTo(Verdict.WARN);
    assertThat(report.diagnoses()).extracting(Diagnosis::check).isSorted();
    assertThat(report.diagnoses())
        .allSatisfy(each ->
            assertThat(each.fix().isEmpty())
                .as(each.toString())
                .isEqualTo(each.verdict() == Verdict.PASS));
  }

  @Test
  void wantsANameForTheAddress() throws Exception {
    relay.dns.forget("1.0.0.127.in-addr.arpa");

    Diagnosis ptr = relay.the(Check.PTR);

    assertThat(ptr.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(ptr.found()).isEqualTo("The address has no name.");
    assertThat(ptr.reason()).contains("5.7.25");
    assertThat(ptr.paste()).isEqualTo("1.0.0.127.in-addr.arpa. IN PTR relay.example.");
  }

  @Test
  void wantsANameThatLeadsBack() throws Exception {
    relay
        .dns
        .forget("1.0.0.127.in-addr.arpa")
        .zone("1.0.0.127.in-addr.arpa. 60 IN PTR old.example.", "old.example. 60 IN A 192.0.2.9");

    Diagnosis ptr = relay.the(Check.PTR);

    assertThat(ptr.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(ptr.found())
        .isEqualTo("The name is old.example, which does not lead back to 127.0.0.1.");
    assertThat(ptr.paste()).isEqualTo("old.example. IN A 127.0.0.1");
  }

  @Test
  void warnsOfANameThatAProviderMade() throws Exception {
    relay
        .dns
        .forget("1.0.0.127.in-addr.arpa")
        .zone(
            "1.0.0.127.in-addr.arpa. 60 IN PTR static-127-0-0-1.host.example.",
            "static-127-0-0-1.host.example. 60 IN A 127.0.0.1");

    assertThat(relay.the(Check.PTR).verdict()).isEqualTo(Verdict.WARN);
  }

  @Test
  void doesNotTakeSilenceForANo() throws Exception {
    relay
        .dns
        .failing("1.0.0.127.in-addr.arpa", Rcode.SERVFAIL)
        .failing("send.shop.example", Rcode.SERVFAIL)
        .failing("gmail.com", Rcode.SERVFAIL)
        .failing("yahoo.com", Rcode.SERVFAIL)
        .failing("outlook.com", Rcode.SERVFAIL);

    List<Diagnosis> all = relay.examine().diagnoses();

    assertThat(all).extracting(Diagnosis::verdict).doesNotContain(Verdict.FAIL);
    assertThat(all)
        .filteredOn(each -> each.verdict() == Verdict.UNKNOWN)
        .extracting(Diagnosis::check)
        .containsExactly(Check.PTR, Check.OUTBOUND, Check.CLOCK, Check.SPF);
  }

  @Test
  void endsInTimeWhenNobodyAnswers() {
    relay.step = Duration.ofMillis(300);
    for (String name :
        List.of(
            "1.0.0.127.in-addr.arpa",
            "relay.example",
            "send.shop.example",
            "gmail.com",
            "yahoo.com",
            "outlook.com")) {
      relay.dns.silent(name);
    }

    Report report = assertTimeout(Duration.ofSeconds(15), () -> relay.examine());

    assertThat(report.diagnoses())
        .filteredOn(each -> each.verdict() == Verdict.UNKNOWN)
        .extracting(Diagnosis::check)
        .containsExactly(
            Check.PTR,
            Check.HELO,
            Check.OUTBOUND,
            Check.CLOCK,
            Check.SPF,
            Check.FEEDBACK,
            Check.TRACKING);
    assertThat(report.diagnoses()).extracting(Diagnosis::verdict).doesNotContain(Verdict.FAIL);
  }

  @Test
  void wantsTheAddressInTheSpfPolicy() throws Exception {
    relay.dns.forget("send.shop.example").zone("send.shop.example. 60 IN TXT \"v=spf1 ~all\"");

    Diagnosis spf = relay.the(Check.SPF);

    assertThat(spf.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(spf.found()).contains("send.shop.example answers softfail");
    assertThat(spf.paste()).isEqualTo("send.shop.example. IN TXT \"v=spf1 ip4:127.0.0.1 ~all\"");
  }

  @Test
  void readsAnSpfPolicyThroughItsIncludes() throws Exception {
    relay
        .dns
        .forget("send.shop.example")
        .zone(
            "send.shop.example. 60 IN TXT \"v=spf1 include:spf.example -all\"",
            "spf.example. 60 IN TXT \"v=spf1 ip4:127.0.0.0/24 -all\"");

    assertThat(relay.the(Check.SPF).verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void wantsAFullNameInEhlo() throws Exception {
    for (String name : List.of("localhost", "relay", "127.0.0.1", "relay.local", "gone.example")) {
      relay.helo = name;
      assertThat(relay.the(Check.HELO).verdict()).as(name).isEqualTo(Verdict.FAIL);
    }
    relay.dns.zone("other.example. 60 IN A 192.0.2.7");
    relay.helo = "other.example";
    assertThat(relay.the(Check.HELO).verdict()).isEqualTo(Verdict.WARN);
    assertThat(relay.the(Check.HELO).paste()).isEqualTo("other.example. IN A 127.0.0.1");
  }

  @Test
  void saysThatAPrivateAddressIsNotWhatReceiversSee() throws Exception {
    relay.networks = List.of();

    List<Diagnosis> all = relay.examine().diagnoses();

    assertThat(all)
        .filteredOn(each -> each.check() == Check.SOURCE)
        .singleElement()
        .satisfies(source -> {
          assertThat(source.verdict()).isEqualTo(Verdict.UNKNOWN);
          assertThat(source.found()).startsWith("127.0.0.1 is private: NAT puts another address");
        });
    assertThat(all).extracting(Diagnosis::check).doesNotContain(Check.PTR);
  }

  @Test
  void takesTheAddressOfItsNameForTheOneBehindNat() throws Exception {
    relay.networks = List.of(IpNetwork.of("127.0.0.8/32"));
    relay
        .dns
        .forget("relay.example")
        .zone(
            "relay.example. 60 IN A 127.0.0.8", "8.0.0.127.in-addr.arpa. 60 IN PTR relay.example.");

    assertThat(relay.the(Check.SOURCE).found())
        .endsWith("The address of relay.example stands for it: 127.0.0.8.");
    assertThat(relay.the(Check.PTR).subject()).isEqualTo("127.0.0.8");
    assertThat(relay.the(Check.PTR).verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void refusesASourceAddressOfAnotherMachine() throws Exception {
    relay.sources =
        Optional.of(
            from(
                new SourceAddress(
                    InetAddress.ofLiteral("192.0.2.77"), "relay.example", "default")));

    Diagnosis source = relay.the(Check.SOURCE);

    assertThat(source.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(source.found()).startsWith("No interface of this machine has this address");
  }

  @Test
  void looksAtEachSourceWithItsOwnName() throws Exception {
    InetAddress another = InetAddress.ofLiteral("127.0.0.22");
    relay.sources =
        Optional.of(
            from(
                new SourceAddress(LOOPBACK, "relay.example", "default"),
                new SourceAddress(
                    another,
                    "news.example",
                    "news",
                    new WarmUp(LocalDate.parse("2026-12-01"), WarmUpSchedule.standard()))));
    relay.dns.zone("news.example. 60 IN A 127.0.0.9");

    List<Diagnosis> all = relay.examine().diagnoses();

    assertThat(all)
        .filteredOn(each -> each.check() == Check.SOURCE)
        .extracting(Diagnosis::found)
        .containsExactly(
            "Mail leaves from here (as configured).",
            "Mail leaves from here (pool news, warm-up since 2026-12-01).");
    assertThat(all)
        .filteredOn(each -> each.check() == Check.HELO)
        .extracting(Diagnosis::subject, Diagnosis::verdict, Diagnosis::paste)
        .containsExactly(
            tuple("relay.example", Verdict.PASS, ""),
            tuple("news.example", Verdict.WARN, "news.example. IN A 127.0.0.22"));
    assertThat(all)
        .filteredOn(each -> each.check() == Check.PTR && each.verdict() == Verdict.FAIL)
        .singleElement()
        .satisfies(ptr ->
            assertThat(ptr.paste()).isEqualTo("22.0.0.127.in-addr.arpa. IN PTR news.example."));
    assertThat(relay.gmail.commands()).contains("EHLO relay.example", "EHLO news.example");
  }

  @Test
  void failsWhereNoProviderIsReached() throws Exception {
    relay.gmail.close();
    relay.yahoo.close();
    relay.microsoft.hangsAt("BANNER");
    relay.step = Duration.ofSeconds(1);

    Diagnosis outbound = relay.the(Check.OUTBOUND);

    assertThat(outbound.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(outbound.found()).contains("Gmail cannot be reached", "mx.gmail.com [127.0.0.2]");
    assertThat(outbound.fix()).contains("open port " + relay.mailPort + " outbound");
  }

  @Test
  void warnsWhereOneProviderIsNotReachedOrRefuses() throws Exception {
    relay.yahoo.close();
    assertThat(relay.the(Check.OUTBOUND).verdict()).isEqualTo(Verdict.WARN);
    assertThat(relay.the(Check.OUTBOUND).found())
        .startsWith("Reached Gmail, Microsoft. Yahoo cannot");

    relay.gmail.always("BANNER", "554 5.7.1 blocked, see https://list.example/");
    assertThat(relay.the(Check.OUTBOUND).verdict()).isEqualTo(Verdict.WARN);
    assertThat(relay.the(Check.OUTBOUND).found())
        .contains("Gmail refuses this host: ", "554 5.7.1 blocked, see https://list.example/");
  }

  @Test
  void connectsToNobodyWhoHidesBehindAPrivateAddress() throws Exception {
    relay.dns.forget("mx.gmail.com").zone("mx.gmail.com. 60 IN A 127.0.0.2");
    relay.networks = List.of(IpNetwork.of("127.0.0.1/32"), IpNetwork.of("127.0.0.3/32"));

    assertThat(relay.the(Check.OUTBOUND).found()).isEqualTo("Reached Yahoo.");
    assertThat(relay.gmail.connections()).isZero();
    assertThat(relay.microsoft.connections()).isZero();
  }

  @Test
  void tellsTheClockFromAGreeting() throws Exception {
    assertThat(relay.the(Check.CLOCK).verdict()).isEqualTo(Verdict.UNKNOWN);

    relay.microsoft.always("BANNER", "220 mx ready at " + date(Duration.ofMinutes(-3)));
    assertThat(relay.the(Check.CLOCK).verdict()).isEqualTo(Verdict.WARN);
    assertThat(relay.the(Check.CLOCK).found()).contains("ahead of the time that Microsoft says");

    relay.microsoft.always("BANNER", "220 mx ready at " + date(Duration.ofHours(3)));
    assertThat(relay.the(Check.CLOCK).verdict()).isEqualTo(Verdict.FAIL);
    assertThat(relay.the(Check.CLOCK).found()).contains("behind the time that Microsoft says");

    relay.microsoft.always("BANNER", "220 mx ready at Sat, 99 Nov 2026 10:00:00 +0000");
    assertThat(relay.the(Check.CLOCK).verdict()).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void closesWhatItOpened() throws Exception {
    relay.microsoft.hangsAt("EHLO");
    relay.step = Duration.ofMillis(500);

    relay.examine();

    assertThat(relay.gmail.commands()).containsExactly("EHLO relay.example", "QUIT");
    Awaitility.await().until(() -> relay.microsoft.openConnections() == 0);
  }

  private String date(Duration later) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(
        relay.now.plus(later).atOffset(ZoneOffset.UTC));
  }
}
