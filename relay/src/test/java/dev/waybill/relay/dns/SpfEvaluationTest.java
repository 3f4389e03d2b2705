package dev.waybill.relay.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.dns.SpfEvaluation.Outcome;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.testing.ZoneInMemory;
import java.net.InetAddress;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What receivers make of a policy, case by case.
class SpfEvaluationTest {
  private static final DomainName DOMAIN = DomainName.of("send.example.com");

  private final ZoneInMemory zone =
      new ZoneInMemory()
          .txt("ours.example", "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all")
          .txt("nested.example", "v=spf1 include:ours.example -all")
          .txt("others.example", "v=spf1 ip4:203.0.113.0/24 -all")
          .txt("twice.example", "v=spf1 -all")
          .txt("twice.example", "v=spf1 ~all")
          .txt("broken.example", "v=spf1 ip4:192.0.2 -all")
          .txt("self.example", "v=spf1 include:self.example -all")
          .txt("ping.example", "v=spf1 include:pong.example -all")
          .txt("pong.example", "v=spf1 include:ping.example -all")
          .txt("other-text.example", "no policy")
          .txt("macro.example", "v=spf1 exists:%{i}.list.example -all")
          .address("mail.example", "192.0.2.1")
          .address("elsewhere.example", "203.0.113.9")
          .address("six.example", "2001:db8::9")
          .mx("example.com", 10, "mail.example");
  private final SpfEvaluation evaluation = new SpfEvaluation(zone);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v=spf1 ip4:192.0.2.1 -all|Pass|0",
        "v=spf1 IP4:192.0.2.0/24 -all|Pass|0",
        "v=spf1 ip4:192.0.2.99/24 -all|Pass|0",
        "v=spf1 -ip4:192.0.2.1 +all|fail|0",
        "v=spf1 ?ip4:192.0.2.1 +all|neutral|0",
        "v=spf1 ~all ip4:192.0.2.1|softfail|0",
        "v=spf1|neutral|0",
        "v=spf1 a:mail.example -all|Pass|1",
        "v=spf1 a:elsewhere.example/8 -all|fail|1",
        "v=spf1 a:mail.example/16//64 -all|Pass|1",
        "v=spf1 a:six.example -all|fail|1",
        "v=spf1 mx:example.com -all|Pass|1",
        "v=spf1 exists:mail.example -all|Pass|1",
        "v=spf1 exists:six.example -all|fail|1",
        "v=spf1 ptr ptr:example.com -all|fail|2",
        "v=spf1 include:ours.example -all|Pass|1",
        "v=spf1 include:nested.example -all|Pass|2",
        "v=spf1 -include:ours.example +all|fail|1",
        "v=spf1 include:others.example -all|fail|1",
        "v=spf1 redirect=nested.example|Pass|2",
        "v=spf1 redirect=nested.example -all|fail|0",
        "v=spf1 unknown=value exp=why.example ip4:192.0.2.1|Pass|0",
        "v=spf1 include:%{ir}.x.example ip4:192.0.2.1 -all|Pass|1",
        "v=spf1 -exists:%{i}.bad.example ip4:192.0.2.1 -all|untold|1",
        "v=spf1 -exists:%{i}.bad.example -all|fail|1",
        "v=spf1 exists:%{i}._spf.example.com -all|untold|1",
        "v=spf1 redirect=%{d2}.example|untold|1",
        "v=spf1 include:macro.example -all|untold|2",
      })
  void evaluatesAsReceiversDo(String policy, String expected, int lookups) {
    Outcome outcome = evaluate(policy);
    assertThat(name(outcome.result())).isEqualTo(expected);
    assertThat(outcome.lookups()).isEqualTo(lookups);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v=spf1 ipv4:192.0.2.1 -all|the term \"ipv4:192.0.2.1\": there is no mechanism of this name",
        "v=spf1 ip4:192.0.2.1 -al|the term \"-al\"",
        "v=spf1 ip4:192.0.2.1/33 -all|it holds no IPv4 address",
        "v=spf1 ip4:192.0.2.1/024 -all|it holds no IPv4 address",
        "v=spf1 ip6:192.0.2.1 -all|it holds no IPv6 address",
        "v=spf1 ip4 -all|it holds no IPv4 address",
        "v=spf1 a:192.0.2.1 -all|that stands in ip4: or ip6:",
        "v=spf1 include -all|it names no domain",
        "v=spf1 include: ours.example -all|it names no domain",
        "v=spf1 include:localhost -all|no full domain name",
        "v=spf1 a:mail.example/99 -all|its prefix length",
        "v=spf1 exists:%{broken -all|unreadable macro",
        "v=spf1 all:x -all|takes no value",
        "v=spf1 a:relay -all|no full domain name",
        "v=spf1 redirect=a.example redirect=b.example|stands twice",
        "v=spf1 include:twice.example -all|2 SPF records at twice.example",
        "v=spf1 include:broken.example -all|at broken.example",
        "v=spf1 include:gone.example -all|\"include:gone.example\" names gone.example, which has no SPF",
        "v=spf1 include:other-text.example -all|which has no SPF record",
        "v=spf1 redirect=gone.example|\"redirect=gone.example\" names gone.example, which has no",
        "v=spf1 include:self.example -all|a loop: self.example includes itself",
        "v=spf1 include:ping.example -all|a loop: ping.example includes itself through",
        "v=spf1 a:no1.example a:no2.example a:no3.example ip4:192.0.2.1|more than 2 terms find nothing",
      })
  void saysWhatReceiversCannotUse(String policy, String problem) {
    assertThat(evaluate(policy).result())
        .isInstanceOfSatisfying(
            SpfResult.PermError.class, error -> assertThat(error.problem()).contains(problem));
  }

  @Test
  void stopsAtTheEleventhLookupThroughIncludes() {
    for (int i = 0; i < 6; i++) {
      zone.txt("deep" + i + ".example", "v=spf1 include:others.example -all");
    }
    String policy =
        IntStream.range(0, 5)
            .mapToObj(i -> "include:deep" + i + ".example ")
            .collect(Collectors.joining("", "v=spf1 ", ""));
    assertThat(evaluate(policy + "ip4:192.0.2.1 -all").result()).isInstanceOf(SpfResult.Pass.class);
    String tooMuch = policy + "include:deep5.example ip4:192.0.2.1 -all";
    assertThat(evaluate(tooMuch).result())
        .isInstanceOfSatisfying(
            SpfResult.PermError.class,
            error -> assertThat(error.problem()).startsWith("more than 10 look-ups"));
    assertThat(evaluation.atMost(DOMAIN).lookups()).isEqualTo(12);
  }

  @Test
  void stopsAtTheEleventhMailHost() {
    for (int i = 0; i < 11; i++) {
      zone.mx("many.example", i, "mx" + i + ".many.example");
    }
    assertThat(evaluate("v=spf1 mx:many.example ip4:192.0.2.1 -all").result())
        .isInstanceOf(SpfResult.PermError.class);
  }

  @Test
  void tellsSilenceFromAnError() {
    zone.txt(DOMAIN.value(), "v=spf1 include:silent.example ip4:192.0.2.1 -all")
        .silent("silent.example");
    assertThat(evaluation.of(DOMAIN, client()).result()).isInstanceOf(SpfResult.TempError.class);
    zone.silent(true);
    assertThat(evaluation.of(DOMAIN, client()).result()).isInstanceOf(SpfResult.TempError.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v=spf1 ip4:192.0.2.0/24 -all|ip4:192.0.2.0/25|Pass",
        "v=spf1 ip4:192.0.2.0/25 -all|ip4:192.0.2.0/24|neutral",
        "v=spf1 -ip4:192.0.2.7 ip4:192.0.2.0/24 -all|ip4:192.0.2.0/24|fail",
        "v=spf1 include:nested.example -all|include:ours.example|Pass",
        "v=spf1 redirect=ours.example|include:ours.example|Pass",
        "v=spf1 include:others.example -all|include:ours.example|fail",
        "v=spf1 -include:ours.example +all|include:ours.example|fail",
        "v=spf1 a:mail.example -all|a:mail.example|Pass",
        "v=spf1 ip4:192.0.2.1 -all|a:mail.example|Pass",
        "v=spf1 ip4:192.0.2.1 -all|mx:example.com|Pass",
        "v=spf1 ip4:192.0.2.2 -all|mx:example.com|fail",
      })
  void judgesEverythingThatAMechanismStandsFor(String policy, String mechanism, String expected) {
    zone.txt(DOMAIN.value(), policy);
    assertThat(name(evaluation.of(DOMAIN, mechanism).result())).isEqualTo(expected);
  }

  @Test
  void readsTermsOfAnyLength() {
    assertThat(evaluate("v=spf1 exists:" + "%{i}".repeat(10_000) + " -all").result())
        .isInstanceOf(SpfResult.PermError.class);
    assertThat(evaluate("v=spf1" + " ip4:203.0.113.1".repeat(4_000)).result())
        .isInstanceOf(SpfResult.PermError.class);
  }

  @Test
  void endsWithAResultWhateverIsPublished() {
    String[] pieces =
        "v=spf1 ~all + - ? include: redirect= a mx ptr exists: ip4: ip6: / // 32 . : = %{ %{i} % \" é"
            .split(" ", -1);
    String[] names = {"ours.example", "self.example", "192.0.2.1", "::1", "mail.example", "x", ""};
    Random random = new Random(7208);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder policy = new StringBuilder("v=spf1 ");
      for (int n = random.nextInt(12); n > 0; n--) {
        policy
            .append(pieces[random.nextInt(pieces.length)])
            .append(names[random.nextInt(names.length)])
            .append(random.nextBoolean() ? " " : "");
      }
      assertThat(evaluate(policy.toString()).result()).as(policy.toString()).isNotNull();
      assertThat(evaluation.of(DOMAIN, "include:ours.example").result()).isNotNull();
      assertThat(evaluation.atMost(DOMAIN).result()).isNotNull();
    }
  }

  @Test
  void doesNotCallAHostMissingWhoseAddressIsUnknown() {
    zone.txt(DOMAIN.value(), "v=spf1 ip4:192.0.2.1 -all").silent("mail.example");
    assertThat(evaluation.of(DOMAIN, "a:mail.example").result())
        .isInstanceOf(SpfResult.TempError.class);
    assertThat(name(evaluation.of(DOMAIN, "a:single-label").result())).isEqualTo("fail");
  }

  @Test
  void remarksOnWhatIsAllowedAndNotMeant() {
    zone.txt(DOMAIN.value(), "v=spf1 ip4=192.0.2.1 ip4:192.0.2.1 all");
    assertThat(evaluation.atMost(DOMAIN).remarks())
        .anySatisfy(remark -> assertThat(remark).contains("write ip4 with a colon"))
        .anySatisfy(remark -> assertThat(remark).contains("\"all\" lets anybody send"));
  }

  private Outcome evaluate(String policy) {
    zone.remove(DOMAIN.value()).txt(DOMAIN.value(), policy);
    return evaluation.of(DOMAIN, client());
  }

  private static InetAddress client() {
    return InetAddress.ofLiteral("192.0.2.1");
  }

  private static String name(SpfResult result) {
    return switch (result) {
      case SpfResult.Pass _ -> "Pass";
      case SpfResult.NotPass(String name, _) -> name;
      case SpfResult.None() -> "none";
      case SpfResult.PermError _ -> "permerror";
      case SpfResult.TempError _ -> "temperror";
      case SpfResult.Untold _ -> "untold";
    };
  }
}
