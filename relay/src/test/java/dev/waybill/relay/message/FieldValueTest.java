package dev.waybill.relay.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldValueTest {
  @Test
  void readsTokensAndQuotedStrings() {
    assertThat(FieldValue.parse("Text/HTML; Charset=\"utf\\-8\" ;format=flowed;"))
        .contains(new FieldValue("text/html", Map.of("charset", "utf-8", "format", "flowed")));
    assertThat(FieldValue.parse("multipart/mixed; boundary==_a/b:c=d"))
        .contains(new FieldValue("multipart/mixed", Map.of("boundary", "=_a/b:c=d")));
    assertThat(FieldValue.parse("7bit")).contains(new FieldValue("7bit", Map.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text/html (comment)",
        "text/html; charset=utf-8 utf-16",
        "text/html; charset=\"utf-8",
        "text/html; charset=\"utf-8\"x",
        "text/html; charset=a; charset=b",
        "text/html; charset",
        "text/html; charset=",
        "text/html; name*=utf-8''a",
        "text/html charset=utf-8"
      })
  void readsNothingFromAnUnclearValue(String value) {
    assertThat(FieldValue.parse(value)).isEmpty();
  }
}
