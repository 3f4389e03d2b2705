package dev.waybill.relay.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachinesTest {
  private final Machines machines = Machines.load();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | NO_USER_AGENT",
        "Mozilla/5.0 | APPLE_PRIVACY_PROXY",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
            + " | GMAIL_IMAGE_PROXY",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html | IMAGE_PROXY",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) | CRAWLER",
        "Mozilla/5.0 (compatible; SomethingNew/1.0; +https://something.example/) | CRAWLER",
        "curl/8.5.0 | PROGRAM",
        "python-requests/2.32.3 | PROGRAM",
        "BarracudaCentral | SCANNER",
      })
  void knowsMachinesAndSaysWhy(String agent, MachineReason reason) {
    assertThat(machines.reason(visit(agent, null))).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0",
        "Mozilla/5.0 (Linux; Android 9; CUBOT X18 Plus) AppleWebKit/537.36 Chrome/120 Mobile"
            + " Safari",
      })
  void takesMailProgramsAndBrowsersForPeople(String agent) {
    assertThat(machines.reason(visit(agent, null))).isEmpty();
    assertThat(machines.reason(visit(agent, MachineReason.PREFETCH)))
        .contains(MachineReason.PREFETCH);
  }

  private static Visit visit(String agent, @Nullable MachineReason telling) {
    return new Visit(agent, "192.0.2.0", false, telling);
  }
}
