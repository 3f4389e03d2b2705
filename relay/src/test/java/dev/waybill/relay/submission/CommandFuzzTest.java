package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.relay.message.DsnParameters;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// Any text as the argument of MAIL or RCPT: it is understood or answered with one clean line.
/// `JAZZER_FUZZ=1` looks for new inputs.
class CommandFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void pathAndParameters(byte[] octets) {
    String argument = new String(octets, StandardCharsets.UTF_8);
    EnvelopePath.parse("FROM:" + argument, "FROM:").ifPresent(CommandFuzzTest::isClear);
    EnvelopePath.parse(argument, "TO:").ifPresent(CommandFuzzTest::isClear);
  }

  @FuzzTest(maxDuration = "10m")
  void notificationParameters(byte[] octets) {
    String value = new String(octets, StandardCharsets.UTF_8);
    DsnParameters dsn =
        new DsnParameters(
            DsnParameters.readRet(value).orElse(null),
            DsnParameters.isEnvid(value) ? value : null,
            DsnParameters.readNotify(value).orElse(Set.of()),
            DsnParameters.isOrcpt(value, true) ? value : null);
    assertThat(DsnParameters.parse(dsn.text())).isEqualTo(dsn);
    assertThat(dsn.ofMail()).noneMatch(word -> word.matches("(?s).*[\\x00-\\x20\\x7F].*"));
    assertThat(dsn.ofRcpt()).noneMatch(word -> word.matches("(?s).*[\\x00-\\x20\\x7F].*"));
    assertThat(DsnParameters.decoded(value).length()).isLessThanOrEqualTo(value.length());
  }

  private static void isClear(EnvelopePath path) {
    assertThat(path.parameters()).noneMatch(String::isEmpty);
    switch (MailParameters.read(path.parameters())) {
      case MailParameters.Wrong(String reply) -> {
        assertThat(reply).matches("(?s)5[0-9][0-9] 5\\..*");
        assertThat(reply.lines()).hasSizeLessThanOrEqualTo(1);
      }
      case MailParameters.Understood(MailParameters parameters) ->
          assertThat(parameters.size()).isNotNegative();
    }
  }
}
