package dev.waybill.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a policy and its record say, and what is not one.
class StsPolicyTest {
  private static final String GOOD =
      "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 604800\n";

  private static StsPolicy read(String text) {
    return ((StsPolicy.Reading.Read) StsPolicy.read(text)).policy();
  }

  private static String wrong(String text) {
    return ((StsPolicy.Reading.Malformed) StsPolicy.read(text)).reason();
  }

  @Test
  void readsThePolicyOfTheStandard() {
    StsPolicy policy =
        new StsPolicy(
            StsPolicy.Mode.ENFORCE,
            List.of("mail.example.com", "*.example.net"),
            Duration.ofDays(7));
    assertThat(read(GOOD)).isEqualTo(policy);
    assertThat(read(GOOD.replace("\n", "\r\n"))).isEqualTo(policy);
    assertThat(read(GOOD.replace(": ", ":\t").stripTrailing())).isEqualTo(policy);
    assertThat(read("new_field: x\n" + GOOD + "mode: none\nmax_age: 1\n")).isEqualTo(policy);
    assertThat(read(GOOD.replace("mail.example.com", "MAIL.Example.COM"))).isEqualTo(policy);
  }

  @Test
  void needsNoHostsWhereThereIsNoPolicyAnyMore() {
    assertThat(read("version: STSv1\nmode: none\nmax_age: 86400\n").mode())
        .isEqualTo(StsPolicy.Mode.NONE);
    assertThat(wrong("version: STSv1\nmode: testing\nmax_age: 86400\n"))
        .isEqualTo("no mx in mode testing (expected: at least one)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          version: STSv1       | version: STSv2          | version "STSv2" (expected: STSv1)
          version: STSv1       |                         | version is missing (expected: STSv1)
          mode: enforce        | mode: Enforce           | mode "Enforce" (expected: enforce, testing or none)
          mode: enforce        |                         | mode is missing (expected: enforce, testing or none)
          max_age: 604800      | max_age: -1             | max_age "-1" (expected: seconds, at most 10 digits)
          max_age: 604800      | max_age: 12345678901    | max_age "12345678901" (expected: seconds, at most 10 digits)
          max_age: 604800      |                         | max_age is missing (expected: seconds, at most 10 digits)
          mx: *.example.net    | mx: *.*.example.net     | mx "*.*.example.net" (expected: a host name, or *. and a domain)
          mx: *.example.net    | mx: mail.*.net          | mx "mail.*.net" (expected: a host name, or *. and a domain)
          mx: *.example.net    | mx:                     | mx "" (expected: a host name, or *. and a domain)
          mx: *.example.net    | <html>                  | the line "<html>" (expected: key: value)
          """)
  void refusesWhatIsNone(String line, String instead, String reason) {
    assertThat(wrong(GOOD.replace(line, instead == null ? "" : instead))).isEqualTo(reason);
  }

  @Test
  void isBounded() {
    assertThat(read(GOOD.replace("604800", "9999999999")).maxAge()).isEqualTo(StsPolicy.LONGEST);
    assertThat(read(GOOD.replace("604800", "0")).maxAge()).isZero();
    assertThat(wrong(GOOD + "mx: a.example\n".repeat(StsPolicy.MAX_HOSTS)))
        .startsWith("202 mx (expected: at most 200)");
    assertThat(wrong("x".repeat(StsPolicy.MAX_OCTETS + 1))).startsWith("more than 65536 octets");
  }

  @ParameterizedTest
  @CsvSource({
    "mail.example.com, true",
    "MAIL.example.com., true",
    "mx.example.net, true",
    "a.mx.example.net, false",
    "example.net, false",
    "mail.example.org, false",
    "xmail.example.com, false",
    "192.0.2.1, false",
    "'', false"
  })
  void permitsTheNamesAndOneLabelInPlaceOfTheWildcard(String host, boolean permitted) {
    assertThat(read(GOOD).permits(host)).isEqualTo(permitted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          v=STSv1; id=20160831085700Z;   | 20160831085700Z
          v=STSv1;id=1                   | 1
          v=STSv1 ; other=x; id=abcXYZ09 | abcXYZ09
          v=STSv1; id=                   | -
          v=STSv1; id=a-b                | -
          v=STSv1; id=123456789012345678901234567890123 | -
          v=STSv1                        | -
          v=STSv11; id=1                 | -
          v=spf1 -all                    | -
          """)
  void readsTheRecord(String text, String id) {
    assertThat(StsRecord.among(List.of("other text", text)).map(StsRecord::id))
        .isEqualTo(Optional.ofNullable(id));
  }

  @Test
  void findsNoRecordAmongTwo() {
    assertThat(StsRecord.among(List.of("v=STSv1; id=1", "v=STSv1; id=2"))).isEmpty();
    assertThat(StsRecord.among(List.of())).isEmpty();
  }
}
