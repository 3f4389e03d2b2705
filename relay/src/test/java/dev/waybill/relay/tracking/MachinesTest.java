package dev.waybill.relay.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachinesTest {
  private final Machines machines = Machines.load();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; SomethingNew/1.0; +https://something.example/)",
        "curl/8.5.0",
        "python-requests/2.32.3",
        "BarracudaCentral",
      })
  void knowsMachines(String agent) {
    assertThat(machines.made(new Visit(agent, "192.0.2.1", false))).isTrue();
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
        "Mozilla/5.0",
      })
  void takesMailProgramsAndBrowsersForPeople(String agent) {
    assertThat(machines.made(new Visit(agent, "192.0.2.1", false))).isFalse();
    assertThat(machines.made(new Visit(agent, "192.0.2.1", true))).isTrue();
  }
}
