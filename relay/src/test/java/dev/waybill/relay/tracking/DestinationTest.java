package dev.waybill.relay.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://shop.example",
        "HTTP://shop.example/a?b=c&d=%20#e",
        "https://user:pass@shop.example:8443/{}|^`",
      })
  void leavesPrintableLinksAlone(String link) {
    assertThat(Destination.location(link)).hasValue(link);
  }

  @Test
  void encodesWhatAHeaderFieldCannotCarry() {
    assertThat(Destination.location(" https://bücher.example/a b\r\n\t?q=😀\u0000 "))
        .hasValue("https://b%C3%BCcher.example/a%20b?q=%F0%9F%98%80%00");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://",
        "https:///path",
        "https://?q",
        "https:shop.example",
        "ftp://shop.example/",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "mailto:a@b.example",
        "//shop.example/",
        "/path",
      })
  void refusesWhatIsNotTheWeb(String link) {
    assertThat(Destination.location(link)).isEmpty();
  }
}
